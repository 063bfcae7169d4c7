//! What of the console is the same at the next start: the contexts shown, the tab in front, and for each tab
//! its filter and how its columns are arranged. Everything has its name here, never its position, so that a
//! config or a manifest may change in between; what is gone is told. `runtime` keeps it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    Context, Model,
    columns::{self, Column, ColumnId},
    filter_line, listing,
    pane::{Pane, Sorting, Source},
};
use crate::manifest::Tab;

/// What of the console is the same at the next start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Look {
    /// The contexts shown; none: all, those that the config has later too.
    contexts: Vec<String>,
    /// The tab in front.
    tab: String,
    /// By the name of the tab.
    panes: BTreeMap<String, PaneLook>,
}

/// What of a pane is the same at the next start.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PaneLook {
    /// The filter as it was typed and kept.
    #[serde(skip_serializing_if = "String::is_empty")]
    filter: String,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    tables: Tables,
}

/// How tables are arranged, by what they list.
pub type Tables = BTreeMap<String, Arrangement>;

/// How a table is arranged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Arrangement {
    /// The columns shown; none: those of the manifest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    columns: Vec<String>,
    /// The columns that order the rows, `:desc` behind those from the greatest.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    order: Vec<String>,
}

/// Behind the name of a column that orders the rows from the greatest.
const DESCENDING: &str = ":desc";

/// Longest word of a filter that is kept: a longer one may be a secret that was pasted.
const LONGEST: usize = 24;

impl Pane {
    /// Gives the table the columns and the order that were chosen for what it lists now.
    pub(super) fn arrange_columns(&mut self, contexts: &[Context]) {
        self.lists = lists(&self.sources, contexts);
        self.known = columns::known(&self.sources);
        let none = Arrangement::default();
        let chosen = self.tables.get(&self.lists).unwrap_or(&none);
        let find = |word: &str| self.known.iter().find(|column| column.word() == word);
        let shown: Vec<Column> = chosen
            .columns
            .iter()
            .filter_map(|word| find(word).cloned())
            .collect();
        let order = chosen.order.iter().filter_map(|text| {
            let (word, descending) = match text.strip_suffix(DESCENDING) {
                Some(word) => (word, true),
                None => (&**text, false),
            };
            let column = find(word)?.id;
            Some(Sorting { column, descending })
        });
        self.order = order.collect();
        let named = !self.known.iter().any(Column::is_name) || shown.iter().any(Column::is_name);
        self.columns = if named && !shown.is_empty() {
            shown
        } else {
            columns::columns(&self.sources)
        };
        self.left = 0;
    }

    /// Shows these columns from now on, in this order.
    pub(super) fn show_columns(&mut self, ids: &[ColumnId]) {
        let find = |id: &ColumnId| self.known.iter().find(|column| column.id == *id);
        let shown: Vec<Column> = ids.iter().filter_map(find).cloned().collect();
        let own = shown == columns::columns(&self.sources);
        let words = shown.iter().filter(|_| !own).map(Column::word);
        let words = words.collect();
        self.arrangement().columns = words;
        self.columns = shown;
        self.left = 0;
    }

    /// Orders the rows by these columns from now on.
    pub(super) fn order_by(&mut self, orders: Vec<Sorting>) {
        let words = orders.iter().filter_map(|order| {
            let column = self.known.iter().find(|it| it.id == order.column)?;
            let direction = if order.descending { DESCENDING } else { "" };
            Some(format!("{}{direction}", column.word()))
        });
        let words = words.collect();
        self.arrangement().order = words;
        self.order = orders;
    }

    fn arrangement(&mut self) -> &mut Arrangement {
        self.tables.entry(self.lists.clone()).or_default()
    }

    fn look(&self) -> PaneLook {
        // The filter of the tab itself, not that of a row that is open.
        let filter = &self.outermost().filter;
        let text = filter.input.value();
        let keeps = !filter.editing && !may_be_secret(text);
        let mut tables = self.tables.clone();
        tables.retain(|_, arrangement| *arrangement != Arrangement::default());
        PaneLook {
            filter: if keeps {
                text.to_owned()
            } else {
                String::new()
            },
            tables,
        }
    }
}

/// What the sources list: the name under which the arrangement of their table is kept.
fn lists(sources: &[Source], contexts: &[Context]) -> String {
    let name = |source: &Source| {
        let context = contexts.get(source.context)?;
        Some(format!("{}/{}", context.manifest.id, source.resource.id))
    };
    let mut names: Vec<String> = sources.iter().filter_map(name).collect();
    let several = if names.len() > 1 { "+" } else { "" };
    names.dedup();
    match names.as_slice() {
        [] => String::new(),
        [only] => format!("{only}{several}"),
        _ => several.to_owned(),
    }
}

/// A word of the text is as long as a secret, and neither made of words nor an id in the usual form.
fn may_be_secret(text: &str) -> bool {
    let long = |word: &str| {
        let letters = word.chars().filter(char::is_ascii_alphanumeric).count();
        let id = word.chars().all(|it| it.is_ascii_hexdigit() || it == '-') && word.contains('-');
        letters > LONGEST && word.contains(|it: char| it.is_ascii_digit()) && !id
    };
    let splits = |it: char| it.is_whitespace() || matches!(it, ':' | '=' | '"' | '!' | '~');
    text.split(splits).any(long)
}

/// The console's look as it is now.
#[must_use]
pub fn of(model: &Model) -> Look {
    let all = model.contexts.iter().all(|context| context.chosen);
    let chosen = model.contexts.iter().filter(|it| it.chosen && !all);
    let panes = model.panes.iter();
    Look {
        contexts: chosen.map(|context| context.name.to_string()).collect(),
        tab: model.active.name().to_owned(),
        panes: panes
            .map(|pane| (pane.tab.name().to_owned(), pane.look()))
            .filter(|(_, look)| *look != PaneLook::default())
            .collect(),
    }
}

/// Gives a console that was not started yet the look of an earlier one; gives what of it is gone.
pub fn put_on(model: &mut Model, look: &Look) -> Vec<String> {
    let known = |name: &&String| model.contexts.iter().any(|it| *it.name == ***name);
    let (there, gone): (Vec<&String>, Vec<&String>) = look.contexts.iter().partition(known);
    let gone: Vec<String> = gone.into_iter().cloned().collect();
    if !there.is_empty() {
        let there: Vec<&str> = there.iter().map(|name| name.as_str()).collect();
        for context in &mut model.contexts {
            context.chosen = there.contains(&&*context.name);
        }
    }
    let mut filters = Vec::new();
    for (pane, look) in model.panes.iter_mut().filter_map(|pane| {
        let look = look.panes.get(pane.tab.name())?;
        Some((pane, look))
    }) {
        pane.tables.clone_from(&look.tables);
        filters.push((pane.tab, look.filter.clone()));
    }
    listing::rebuild_sources(model);
    for (tab, filter) in filters.into_iter().filter(|(_, text)| !text.is_empty()) {
        model.active = tab;
        filter_line::set(model, &filter);
    }
    let mut tabs = Tab::ALL.into_iter();
    model.active = tabs
        .find(|tab| tab.name() == look.tab)
        .unwrap_or(Tab::ApiKeys);
    gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::fixture::{Desk, context};

    fn fleet() -> Desk {
        let mut desk = Desk::new(vec![
            context("a", "typesense"),
            context("b", "typesense"),
            context("c", "runai"),
        ]);
        desk.answer();
        desk
    }

    fn titles(desk: &Desk) -> Vec<&str> {
        let columns = desk.model.pane().columns.iter();
        columns.map(|column| column.title.as_str()).collect()
    }

    #[test]
    fn a_table_is_arranged_by_what_it_lists() {
        let mut desk = Desk::of("typesense");
        let own = titles(&desk).join(" ");
        desk.press("| G j j Space Enter");
        let fewer = titles(&desk).join(" ");
        assert_ne!(own, fewer);
        let kept = of(&desk.model);
        let mut again = Desk::of("typesense");
        assert_eq!(put_on(&mut again.model, &kept), Vec::<String>::new());
        assert_eq!(titles(&again).join(" "), fewer);
        again.press("| 0 Enter");
        assert_eq!(titles(&again).join(" "), own);
        assert_eq!(of(&again.model).panes, BTreeMap::new());
    }

    #[test]
    fn what_is_gone_is_told_and_the_rest_is_put_on() {
        let mut desk = fleet();
        desk.press("c Space Enter");
        let mut kept = of(&desk.model);
        assert_eq!(kept.contexts, ["b", "c"]);
        kept.contexts.push("gone".to_owned());
        let list = kept.panes.entry("api-keys".to_owned()).or_default();
        list.filter = "is:broad age>".to_owned();
        let arrangement = Arrangement {
            columns: vec!["name".to_owned(), "no such".to_owned()],
            order: vec!["no such:desc".to_owned(), "name:desc".to_owned()],
        };
        list.tables.insert("typesense/keys".to_owned(), arrangement);
        let mut again = fleet();
        assert_eq!(put_on(&mut again.model, &kept), ["gone"]);
        let chosen: Vec<bool> = again.model.contexts.iter().map(|it| it.chosen).collect();
        assert_eq!(chosen, [false, true, true]);
        let pane = &again.model.panes[0];
        assert!(pane.filter.error.is_some() && pane.filter.filter.is_none());
        assert!(!pane.columns.is_empty() && pane.order.is_empty());
    }

    #[test]
    fn a_context_that_is_new_is_shown_beside_all_others() {
        let mut desk = Desk::new(vec![context("c", "runai")]);
        desk.press("4");
        let kept = of(&desk.model);
        let mut again = fleet();
        assert_eq!(put_on(&mut again.model, &kept), Vec::<String>::new());
        assert!(again.model.contexts.iter().all(|it| it.chosen));
        assert_eq!(again.model.active, Tab::Admin);
    }

    #[test]
    fn a_filter_that_may_be_a_secret_is_not_kept() {
        for text in [
            "ck_live_51Hx0000000000000000000000",
            "!\"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\"",
            "name:0123456789abcdef0123456789abcdef",
        ] {
            assert!(may_be_secret(text), "{text}");
        }
        for text in [
            "owner:ana@example.org age>90d",
            "id=00000000-0000-4000-8000-0000000000a1",
            "a-long-name-of-a-key-without-numbers",
            "",
        ] {
            assert!(!may_be_secret(text), "{text}");
        }
    }
}
