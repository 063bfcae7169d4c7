//! The view of the keys' health over all panes of the chosen contexts: what its keys do, and how it leads
//! to the keys behind a finding. It reads the lists that were not read yet and grows with each that ends.

use std::sync::Arc;

use super::{About, Rule, Sums, examine};
use crate::{
    app::{
        ContextId, Effect, Model, act,
        dialog::Dialog,
        filter_line,
        key::{Code, Key},
        keymap::{Action, Place},
        listing,
        pane::{KeyAt, Load, Source},
        view as view_rows,
    },
    manifest::{Resource, Tab},
};

/// The health of the keys.
#[derive(Debug)]
pub struct Health {
    /// What is shown of it.
    pub page: Page,
    /// The cursor among the findings.
    pub at: usize,
    /// Lines scrolled away.
    pub top: usize,
    /// What each list comes to.
    parts: Vec<(Part, Sums)>,
    /// What all of them come to.
    pub sums: Sums,
    /// The keys behind a finding for which filters have no words.
    pub keys: Option<Keys>,
}

/// Which list.
type Part = (Tab, ContextId, Arc<Resource>);

/// One page of the view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Page {
    /// Findings by rule and tab.
    Findings,
    /// A histogram of ages.
    Age,
    /// A strip of last uses.
    Use,
    /// A calendar of ends.
    Expiry,
    /// Keys by context.
    Contexts,
    /// Keys by owner.
    Owners,
}

impl Page {
    /// All pages in their order.
    pub const ALL: [Self; 6] = [
        Self::Findings,
        Self::Age,
        Self::Use,
        Self::Expiry,
        Self::Contexts,
        Self::Owners,
    ];

    /// Its title.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Findings => "Findings",
            Self::Age => "Age",
            Self::Use => "Use",
            Self::Expiry => "Expiry",
            Self::Contexts => "Contexts",
            Self::Owners => "Owners",
        }
    }

    fn step(self, by: usize) -> Self {
        let all = Self::ALL;
        let at = all.iter().position(|page| *page == self).unwrap_or(0);
        *all.get((at + by) % all.len()).unwrap_or(&self)
    }
}

/// The keys behind a finding.
#[derive(Debug)]
pub struct Keys {
    /// What was found.
    pub rule: Rule,
    /// Under which tab.
    pub tab: Tab,
    /// The keys.
    pub all: Vec<Found>,
    /// The cursor.
    pub at: usize,
    /// Keys scrolled away.
    pub top: usize,
}

/// A key behind a finding.
#[derive(Debug)]
pub struct Found {
    /// Which; a row without an id cannot be gone to.
    pub key: Option<KeyAt>,
    /// Where it is.
    pub context: ContextId,
    /// What people call it, as the service sent it.
    pub name: String,
}

/// How far the lists are that the view is about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Lists.
    pub lists: usize,
    /// Those that came whole.
    pub whole: usize,
    /// Those on their way.
    pub coming: usize,
    /// Those that failed, are cut, or are filtered by the server.
    pub partial: usize,
    /// Lists beside these whose rows are no keys but hold them.
    pub places: usize,
}

/// Lines of the view that scroll, on a screen of so many rows; the rest are the title, the pages, the
/// progress, and below the findings what the one with the cursor means.
#[must_use]
pub fn room(rows: u16, page: Page) -> usize {
    let inside = usize::from(rows.saturating_sub(if rows < 16 { 3 } else { 4 }));
    let about = if page == Page::Findings && inside >= ABOUT_FROM {
        ABOUT + 1
    } else {
        0
    };
    inside.saturating_sub(2 + about).max(1)
}

/// Rows of the view's inside from which on what a finding means has room.
pub const ABOUT_FROM: usize = 12;
/// Lines that say what a finding means.
pub const ABOUT: usize = 3;

/// Opens the view and asks for what was not asked for.
pub fn open(model: &mut Model) -> Vec<Effect> {
    let health = Health {
        page: Page::Findings,
        at: 0,
        top: 0,
        parts: Vec::new(),
        sums: Sums::default(),
        keys: None,
    };
    model.dialogs.push(Dialog::Health(Box::new(health)));
    let effects = listing::show_all(model);
    recount(model);
    effects
}

/// How far the lists are.
#[must_use]
pub fn progress(model: &Model) -> Progress {
    let mut progress = Progress::default();
    for pane in &model.panes {
        for source in &pane.sources {
            if !source.resource.holds_keys() {
                progress.places += 1;
                continue;
            }
            let cut = source
                .end
                .as_ref()
                .is_some_and(|(end, _)| end.cut.is_some());
            let narrow = !pane.server.is_empty() && !source.resource.filter.is_empty();
            let count = match source.load {
                Load::Waiting | Load::Loading { .. } => &mut progress.coming,
                Load::Ready if !cut && !narrow => &mut progress.whole,
                Load::Ready | Load::Failed(_) => &mut progress.partial,
            };
            *count += 1;
            progress.lists += 1;
        }
    }
    progress
}

/// Looks through all lists anew.
pub fn recount(model: &mut Model) {
    if view(model).is_none() {
        return;
    }
    let mut parts = Vec::new();
    for pane in &model.panes {
        let counted = pane.sources.iter().filter(|source| counts(source));
        parts.extend(counted.map(|source| part(model, pane.tab, source)));
    }
    if let Some(health) = view(model) {
        health.parts = parts;
        health.sum();
    }
}

/// A list ended: it alone is looked through.
pub fn came(model: &mut Model, tab: Tab, context: ContextId, resource: &Arc<Resource>) {
    if view(model).is_none() {
        return;
    }
    let pane = model.panes.iter().find(|pane| pane.tab == tab);
    let sources = pane.into_iter().flat_map(|pane| &pane.sources);
    let mut sources = sources.filter(|source| source.lists(context, resource));
    let Some(new) = sources.next().map(|source| part(model, tab, source)) else {
        return;
    };
    if let Some(health) = view(model) {
        let same = |known: &Part| (known.0, known.1) == (tab, context) && known.2.is(resource);
        health.parts.retain(|(known, _)| !same(known));
        health.parts.push(new);
        health.sum();
    }
}

/// A list has rows that stay: a first read on its way is counted when it ends.
fn counts(source: &Source) -> bool {
    source.end.is_some() || matches!(source.load, Load::Failed(_))
}

fn part(model: &Model, tab: Tab, source: &Source) -> (Part, Sums) {
    let place = (tab, source.context);
    let sums = Sums::of(place, &source.rows, (model.now, &model.policy));
    ((tab, source.context, Arc::clone(&source.resource)), sums)
}

fn view(model: &mut Model) -> Option<&mut Health> {
    model.dialogs.iter_mut().find_map(|dialog| match dialog {
        Dialog::Health(health) => Some(&mut **health),
        _ => None,
    })
}

impl Health {
    fn sum(&mut self) {
        let under = self
            .sums
            .lines
            .get(self.at)
            .map(|line| (line.rule, line.tab));
        self.sums = Sums::all(self.parts.iter().map(|(_, sums)| sums));
        let lines = &self.sums.lines;
        let kept = lines
            .iter()
            .position(|line| Some((line.rule, line.tab)) == under);
        // Until the cursor was moved it stays on the worst.
        if self.at > 0 {
            self.at = kept.unwrap_or(self.at).min(lines.len().saturating_sub(1));
        }
    }

    /// Lines of the page in front.
    #[must_use]
    pub fn lines(&self) -> usize {
        match self.page {
            Page::Findings => self.sums.lines.len(),
            Page::Age => super::sums::SPANS.len() + 2,
            Page::Use => self.sums.heat.len() + super::sums::SPANS.len() + 6,
            Page::Expiry => super::sums::END_WEEKS + 5,
            Page::Contexts => self.sums.contexts.len(),
            Page::Owners => self.sums.owners.len(),
        }
    }

    fn turn(&mut self, page: Page) {
        (self.page, self.top) = (page, 0);
    }

    /// Moves the cursor, or scrolls where there is none.
    fn walk(&mut self, step: Step, rows: u16) {
        let room = room(rows, self.page);
        if let Some(keys) = &mut self.keys {
            // The keys have the room of a page without a foot.
            let room = self::room(rows, Page::Age);
            (keys.at, keys.top) = step.cursor((keys.at, keys.top), keys.all.len(), room);
        } else if self.page == Page::Findings {
            let lines = self.sums.lines.len();
            (self.at, self.top) = step.cursor((self.at, self.top), lines, room);
        } else {
            let most = self.lines().saturating_sub(room);
            self.top = step.to(self.top, most, room);
        }
    }
}

/// How far the cursor goes.
#[derive(Debug, Clone, Copy)]
enum Step {
    Down,
    Up,
    PageDown,
    PageUp,
    First,
    Last,
}

impl Step {
    fn of(model: &Model, key: Key) -> Option<Self> {
        Some(match model.keymap.action(Place::Table, key)? {
            Action::Down => Self::Down,
            Action::Up => Self::Up,
            Action::PageDown | Action::HalfDown => Self::PageDown,
            Action::PageUp | Action::HalfUp => Self::PageUp,
            Action::Top => Self::First,
            Action::Bottom => Self::Last,
            _ => return None,
        })
    }

    fn to(self, at: usize, most: usize, room: usize) -> usize {
        let to = match self {
            Self::Down => at + 1,
            Self::Up => at.saturating_sub(1),
            Self::PageDown => at + room,
            Self::PageUp => at.saturating_sub(room),
            Self::First => 0,
            Self::Last => most,
        };
        to.min(most)
    }

    /// The cursor and the first line, so that the cursor can be seen.
    fn cursor(self, (at, top): (usize, usize), lines: usize, room: usize) -> (usize, usize) {
        let at = self.to(at, lines.saturating_sub(1), room);
        (at, top.clamp((at + 1).saturating_sub(room), at))
    }
}

/// A key for the view.
pub fn key(model: &mut Model, key: Key) -> Vec<Effect> {
    let action = model.keymap.action(Place::Table, key);
    let leaves = act::leaves(model, key) || action == Some(Action::Health);
    let step = Step::of(model, key);
    let rows = model.size.1;
    if action == Some(Action::Refresh) {
        return listing::refresh_all(model);
    }
    let Some(Dialog::Health(health)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    match (key.code, step) {
        (Code::Esc, _) if health.keys.take().is_some() => {}
        (Code::Esc, _) => drop(model.dialogs.pop()),
        (Code::Enter, _) => return enter(model),
        _ if leaves && health.keys.take().is_some() => {}
        _ if leaves => drop(model.dialogs.pop()),
        (Code::Tab | Code::Right, _) if health.keys.is_none() => {
            health.turn(health.page.step(1));
        }
        (Code::BackTab | Code::Left, _) if health.keys.is_none() => {
            health.turn(health.page.step(Page::ALL.len() - 1));
        }
        (_, Some(step)) => health.walk(step, rows),
        _ => {}
    }
    Vec::new()
}

/// To the keys behind the finding under the cursor, or to the key under it.
fn enter(model: &mut Model) -> Vec<Effect> {
    let Some(Dialog::Health(health)) = model.dialogs.last_mut() else {
        return Vec::new();
    };
    if let Some(keys) = &health.keys {
        let found = keys.all.get(keys.at);
        let to = found.and_then(|found| Some((keys.tab, found.key.clone()?)));
        return to.map_or_else(Vec::new, |to| go_to(model, to));
    }
    let line = health.sums.lines.get(health.at).copied();
    let Some(line) = line.filter(|_| health.page == Page::Findings) else {
        return Vec::new();
    };
    if let Some(filter) = line.rule.filter(&model.policy) {
        model.dialogs.pop();
        model.active = line.tab;
        return filter_line::set(model, &filter);
    }
    let keys = keys(model, line.rule, line.tab);
    if let Some(health) = view(model) {
        health.keys = Some(keys);
    }
    Vec::new()
}

fn go_to(model: &mut Model, (tab, key): (Tab, KeyAt)) -> Vec<Effect> {
    model.dialogs.pop();
    model.active = tab;
    let effects = filter_line::clear(model);
    view_rows::settle(model, tab);
    listing::select(model, tab, &key);
    effects
}

/// The keys that a rule finds under a tab.
fn keys(model: &Model, rule: Rule, tab: Tab) -> Keys {
    let mut all = Vec::new();
    let panes = model.panes.iter().filter(|pane| pane.tab == tab);
    for source in panes.flat_map(|pane| &pane.sources) {
        let findings = examine(&source.rows, model.now, &model.policy, |_| true);
        for finding in findings.iter().filter(|finding| finding.rule == rule) {
            if let About::Row(row) = finding.about {
                let record = source.rows.record(row);
                all.push(Found {
                    key: source.key_at(record),
                    context: source.context,
                    name: record.name().exact().to_owned(),
                });
            }
        }
    }
    Keys {
        rule,
        tab,
        all,
        at: 0,
        top: 0,
    }
}
