//! How the rows of the screen are shared out: the table scrolls by these numbers and `ui` draws by them,
//! so that the selected key is always where it can be seen.

use super::{Model, Tone, pane::Load};

/// Rows that are always there: header, tabs, column titles, status, keys.
pub const CHROME_ROWS: u16 = 5;

/// The fewest columns and rows in which the console makes sense.
pub const LEAST: (u16, u16) = (40, 10);

/// How many rows each part has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    /// Keys.
    pub body: u16,
    /// What is wrong with some list.
    pub banners: u16,
    /// The server's filter and the local one.
    pub filters: u16,
}

/// What is wrong with a list, in a line below the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// How it is marked.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
}

/// The rows of the screen for the pane in front.
#[must_use]
pub fn rows(model: &Model) -> Rows {
    let pane = model.pane();
    let local = pane.filter.editing || !pane.filter.input.value().is_empty();
    let filters = u16::from(local) + u16::from(!pane.server.is_empty());
    let free = model.size.1.saturating_sub(CHROME_ROWS + filters);
    let faults = u16::try_from(faults(model).count()).unwrap_or(u16::MAX);
    let banners = faults.min(most_banners(model)).min(free.saturating_sub(1));
    Rows {
        body: free.saturating_sub(banners).max(1),
        banners,
        filters,
    }
}

/// A small screen keeps its rows for keys.
fn most_banners(model: &Model) -> u16 {
    if model.size.1 < 16 { 1 } else { 3 }
}

/// The lines below the table; the last counts those for which there is no room.
#[must_use]
pub fn banners(model: &Model) -> Vec<Banner> {
    let room = usize::from(rows(model).banners);
    let mut all: Vec<Banner> = faults(model).collect();
    if all.len() > room && room > 0 {
        let rest = all.len() - room;
        all.truncate(room);
        if let Some(last) = all.last_mut() {
            last.text = format!("{} · and {rest} more: c shows the contexts", last.text);
        }
    }
    all.truncate(room);
    all
}

/// Lists of the pane in front that failed or may not be whole, the failed ones first.
fn faults(model: &Model) -> impl Iterator<Item = Banner> + '_ {
    let name = |context: usize| model.contexts.get(context).map_or("", |it| &*it.name);
    let sources = &model.pane().sources;
    // A single list that is empty says in its place what went wrong.
    let told = sources.len() == 1 && model.pane().total() == 0;
    let failed = sources.iter().filter_map(move |source| match &source.load {
        Load::Failed(error) if !told => {
            let name = name(source.context);
            let text = if source.rows.is_empty() {
                format!("{name}: {error} · ctrl-r tries again")
            } else {
                format!("{name}: {error}; the older rows stay · ctrl-r tries again")
            };
            Some(Banner {
                tone: Tone::Bad,
                text,
            })
        }
        _ => None,
    });
    let cut = sources.iter().filter_map(move |source| {
        let cut = source.end.as_ref().and_then(|(end, _)| end.cut.as_ref())?;
        let text = format!("{}: {cut}", name(source.context));
        Some(Banner {
            tone: Tone::Warn,
            text,
        })
    });
    failed.chain(cut)
}
