//! The saved filters as a list to choose from, what each is worth here, and the way to save the present one.

use tui_input::Input;

use super::{Item, Pick, Picker};
use crate::{
    app::{
        Model,
        saved::{self, Worth},
    },
    record::Text,
};

impl Picker {
    /// The saved filters, and the present one to be saved.
    #[must_use]
    pub fn filters(model: &Model) -> Self {
        let all = model.saved.iter().zip(saved::worth(model));
        let items = all.enumerate().map(|(at, (saved, worth))| {
            let text = Text::new(&saved.text).shown();
            let (note, off) = match worth {
                Worth::Keeps(Some(1)) => (format!("{text} · 1 key"), false),
                Worth::Keeps(Some(count)) => (format!("{text} · {count} keys"), false),
                Worth::Keeps(None) => (text.into_owned(), false),
                Worth::Wrong(why) => (format!("makes no sense here, {why} · {text}"), true),
            };
            Item {
                off,
                ..Item::new(&Text::new(&saved.name).shown(), &note, Pick::Filter(at))
            }
        });
        let mut items: Vec<Item> = items.collect();
        let intro = items.is_empty().then(|| {
            "No filter is saved yet. They stand under [filters] in the config.".to_owned()
        });
        let why = saved::why_not(model);
        let off = why.is_some();
        let note = why.map_or_else(
            || {
                Text::new(model.pane().filter.input.value())
                    .shown()
                    .into_owned()
            },
            str::to_owned,
        );
        items.push(Item {
            off,
            ..Item::new("Save as…", &note, Pick::SaveFilter)
        });
        Self {
            intro,
            query: Some(Input::default()),
            ..Self::of("Saved filters", items)
        }
    }
}
