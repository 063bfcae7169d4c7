//! How the rows of the screen are shared out: the table scrolls by these numbers and `ui` draws by them,
//! so that the selected key is always where it can be seen.

use unicode_width::UnicodeWidthStr;

use super::{
    Model, Tone,
    keymap::Action,
    listing,
    pane::{Load, Source},
};
use crate::{api::ApiError, record::Moment};

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

/// What is wrong with a list, below the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// How it is marked.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// What can be done about it.
    pub next: Option<String>,
    /// Rows that it has, two at most.
    pub rows: u16,
}

impl Banner {
    fn new(model: &Model, tone: Tone, text: String, next: Option<&str>) -> Self {
        let mut banner = Self {
            tone,
            text,
            next: next.map(ToOwned::to_owned),
            rows: 1,
        };
        banner.share(model);
        banner
    }

    /// The sentence with what can be done.
    #[must_use]
    pub fn line(&self) -> String {
        match &self.next {
            Some(next) => format!("{} · {next}", self.text),
            None => self.text.clone(),
        }
    }

    /// A sentence that one row cannot hold gets another.
    fn share(&mut self, model: &Model) {
        let fits = self.line().width() <= usize::from(banner_columns(model.size.0));
        self.rows = if fits { 1 } else { 2 };
    }
}

/// Columns for a banner's text on a screen of so many.
#[must_use]
pub fn banner_columns(columns: u16) -> u16 {
    columns.saturating_sub(4)
}

/// The rows of the screen for the pane in front.
#[must_use]
pub fn rows(model: &Model) -> Rows {
    let pane = model.pane();
    let most = model.size.1.saturating_sub(CHROME_ROWS + 1);
    let local = pane.filter.rows(model.size.0, !pane.server.is_empty());
    let filters = (local + u16::from(!pane.server.is_empty())).min(most);
    let free = model.size.1.saturating_sub(CHROME_ROWS + filters);
    let banners = shown(model, free.saturating_sub(1));
    let banners = banners.iter().map(|banner| banner.rows).sum();
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

/// What stands below the table; the last counts those for which there is no room.
#[must_use]
pub fn banners(model: &Model) -> Vec<Banner> {
    shown(model, rows(model).banners)
}

/// The banners that these rows hold.
fn shown(model: &Model, room: u16) -> Vec<Banner> {
    let mut all: Vec<Banner> = faults(model).collect();
    let most = usize::from(most_banners(model).min(room));
    let rest = all.len().saturating_sub(most);
    all.truncate(most);
    if let Some(last) = all.last_mut().filter(|_| rest > 0) {
        last.next = Some(format!("{rest} more: c shows the contexts"));
        last.share(model);
    }
    // Each has a row; what is left is for those that need a second one.
    let mut spare = room.saturating_sub(u16::try_from(all.len()).unwrap_or(u16::MAX));
    for banner in all.iter_mut().filter(|banner| banner.rows > 1) {
        banner.rows = 1 + spare.min(1);
        spare = spare.saturating_sub(1);
    }
    all
}

/// Lists of the pane in front that failed, are slow or may not be whole, the failed ones first.
fn faults(model: &Model) -> impl Iterator<Item = Banner> + '_ {
    let name = |context: usize| model.contexts.get(context).map_or("", |it| &*it.name);
    let sources = &model.pane().sources;
    // A single list that is empty says in its place what went wrong.
    let told = sources.len() == 1 && model.pane().total() == 0;
    let again = again(model);
    let failed = sources.iter().filter_map(move |source| match &source.load {
        Load::Failed(error) if !told => {
            let name = name(source.context);
            let why = reason(error);
            let text = if source.rows.is_empty() {
                format!("{name}: {why}")
            } else {
                format!("{name}: {why}; the older rows stay")
            };
            Some(Banner::new(model, Tone::Bad, text, Some(&again)))
        }
        _ => None,
    });
    let cut = sources.iter().filter_map(move |source| {
        let cut = source.end.as_ref().and_then(|(end, _)| end.cut.as_ref())?;
        let text = format!("{}: {cut}", name(source.context));
        let narrows = source.resource.limit == Some(source.rows.len());
        let next = (narrows && !source.resource.filter.is_empty())
            .then(|| format!("{} narrows it", model.keymap.hint(Action::ServerFilter)));
        Some(Banner::new(model, Tone::Warn, text, next.as_deref()))
    });
    failed.chain(slow(model)).chain(cut)
}

/// Which key asks again: for what failed alone where others did not fail, else for all.
fn again(model: &Model) -> String {
    let sources = &model.pane().sources;
    let all = sources.iter().all(|it| matches!(it.load, Load::Failed(_)));
    let retry = model.keymap.hint(Action::Retry);
    let key = if all || retry.is_empty() {
        model.keymap.hint(Action::Refresh)
    } else {
        retry
    };
    format!("{key} tries again")
}

/// The contexts whose lists take long while there are others to look at.
fn slow(model: &Model) -> Option<Banner> {
    let sources = &model.pane().sources;
    let late = |source: &&Source| {
        let since = source.asked.map_or(0, Moment::micros);
        matches!(source.load, Load::Loading { .. })
            && model.now.micros().saturating_sub(since) >= listing::SLOW
    };
    let mut names: Vec<&str> = Vec::new();
    for source in sources.iter().filter(late) {
        let name = model
            .contexts
            .get(source.context)
            .map_or("", |it| &*it.name);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let who = match names.as_slice() {
        _ if sources.len() < 2 => return None,
        [] => return None,
        [one] => format!("{one} is"),
        [one, other] => format!("{one} and {other} are"),
        [one, rest @ ..] => format!("{one} and {} more are", rest.len()),
    };
    let text = format!("{who} still on the way: what came so far is shown");
    Some(Banner::new(model, Tone::Info, text, None))
}

/// Why a list failed; that nothing was sent is no news of a list, and the system's number for it none.
#[must_use]
pub fn reason(error: &ApiError) -> String {
    let text = match error {
        ApiError::NotSent(why)
        | ApiError::Unfit(why)
        | ApiError::Unapproved(why)
        | ApiError::Unsigned(why) => why.clone(),
        other => other.to_string(),
    };
    let Some((before, number)) = text.split_once(" (os error ") else {
        return text;
    };
    let after = number.split_once(')').map_or("", |(_, after)| after);
    format!("{before}{after}")
}
