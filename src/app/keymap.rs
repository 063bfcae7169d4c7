//! What a key means here: one table gives the actions, their names in the config, their default keys,
//! the help, the footer, the palette and the README's key table. `update` asks it first, before anything
//! sees a key.

use std::collections::BTreeMap;

use super::key::Key;

/// Where a key is pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// In a table of keys.
    Table,
    /// In a dialog that shows a new secret.
    Reveal,
}

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $name:ident $place:ident $config:literal $short:literal [$($key:literal),*];)+) => {
        /// What an operator can ask for with one key.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[doc = $doc])+ $name,)+
        }

        impl Action {
            /// All actions in the order of the help.
            pub const ALL: &'static [Action] = &[$(Action::$name,)+];

            /// Name in the config and in the palette.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Action::$name => $config,)+ }
            }

            /// One or two words for the footer.
            #[must_use]
            pub fn short(self) -> &'static str {
                match self { $(Action::$name => $short,)+ }
            }

            /// The help's sentence.
            #[must_use]
            pub fn help(self) -> &'static str {
                match self { $(Action::$name => concat!($($doc),+).trim_ascii(),)+ }
            }

            /// Where the action exists.
            #[must_use]
            pub fn place(self) -> Place {
                match self { $(Action::$name => Place::$place,)+ }
            }

            /// Keys that mean it unless the config says otherwise.
            fn default_keys(self) -> &'static [&'static str] {
                match self { $(Action::$name => &[$($key),*],)+ }
            }
        }
    };
}

actions! {
    /// Next key.
    Down Table "down" "down" ["j", "Down"];
    /// Previous key.
    Up Table "up" "up" ["k", "Up"];
    /// First key.
    Top Table "top" "first" ["g", "Home"];
    /// Last key.
    Bottom Table "bottom" "last" ["G", "End"];
    /// Half a page down.
    HalfDown Table "half-down" "half page" ["ctrl-d"];
    /// Half a page up.
    HalfUp Table "half-up" "half page" ["ctrl-u"];
    /// One page down.
    PageDown Table "page-down" "page" ["PageDown"];
    /// One page up.
    PageUp Table "page-up" "page" ["PageUp"];
    /// Scroll the columns to the left.
    ColumnsLeft Table "columns-left" "columns" ["Left"];
    /// Scroll the columns to the right.
    ColumnsRight Table "columns-right" "columns" ["Right"];
    /// API keys.
    ApiKeys Table "api-keys" "API keys" ["1"];
    /// Secrets.
    Secrets Table "secrets" "secrets" ["2"];
    /// Access keys.
    AccessKeys Table "access-keys" "access keys" ["3"];
    /// Admin: the keys of all users.
    Admin Table "admin" "admin" ["4"];
    /// Next tab.
    NextTab Table "next-tab" "next tab" ["]", "Tab"];
    /// Previous tab.
    PreviousTab Table "previous-tab" "previous tab" ["[", "BackTab"];
    /// Open the selected row: what is in it, or else all that is known of it.
    Open Table "open" "open" ["Enter"];
    /// All that is known of the selected key.
    Details Table "details" "details" ["l"];
    /// Filter the rows shown as you type.
    Filter Table "filter" "filter" ["/"];
    /// The filters of the config: use one, or save the present one.
    SavedFilters Table "saved-filters" "saved filters" ["."];
    /// Filter at the server.
    ServerFilter Table "server-filter" "server filter" ["F"];
    /// Ask the server for all keys of the selected key's creator.
    SameCreator Table "same-creator" "same creator" [];
    /// Ask the server for all keys with the selected key's client id.
    SameClient Table "same-client-id" "same client id" [];
    /// Sort by a column, or by several.
    Sort Table "sort" "sort" ["o"];
    /// Reverse the order.
    Reverse Table "reverse" "reverse" ["O"];
    /// Choose the columns and their order.
    Columns Table "columns" "columns" ["|"];
    /// Group the keys shown: count them by creator, owner or another column.
    Group Table "group" "group" ["b"];
    /// Find the key to which a leaked value belongs; the value stays here.
    Whose Table "whose-key" "whose key" ["w"];
    /// Make a new key.
    New Table "new" "new" ["n"];
    /// Make a new key that starts as a copy of the selected one.
    Clone Table "clone" "clone" ["C"];
    /// Change the selected key.
    Edit Table "edit" "edit" ["e"];
    /// Rotate the selected key, step by step: replace it, or regenerate its secret.
    Rotate Table "rotate" "rotate" ["r"];
    /// Delete the selected key, after a confirmation.
    Delete Table "delete" "delete" ["d"];
    /// Have the service tell the selected key's secret again; the key that shows a new secret does it in the details.
    Reveal Table "reveal" "secret" [];
    /// What else can be done to the selected key, such as to disable it.
    Actions Table "actions" "actions" ["a"];
    /// Mark the selected key, or take its mark off.
    Mark Table "mark" "mark" ["Space"];
    /// Mark a range: from here to where it is pressed again.
    Range Table "range" "range" ["v"];
    /// Mark all keys shown, or take their marks off.
    MarkAll Table "mark-all" "mark all" ["*"];
    /// Mark the keys shown that are not marked, and no others.
    Invert Table "invert" "invert" ["i"];
    /// Copy the selected key's id, or what its service is asked for instead, such as a public key.
    CopyId Table "copy" "copy" ["y"];
    /// Choose the contexts that are shown.
    Contexts Table "contexts" "contexts" ["c"];
    /// Allow writes in the selected key's context for ten minutes.
    Arm Table "arm" "arm" ["A"];
    /// Which keys somebody should look at, and charts of all of them.
    Health Table "health" "health" ["h"];
    /// What keyrack did here, and what waits for you.
    Log Table "log" "log" ["L"];
    /// Ask the services again.
    Refresh Table "refresh" "refresh" ["ctrl-r"];
    /// Ask again the services that failed, and no others.
    Retry Table "retry" "retry" ["R"];
    /// All keys and what they do.
    Help Table "help" "help" ["?"];
    /// All actions by name.
    Palette Table "palette" "palette" [":"];
    /// Back, then quit.
    Quit Table "quit" "quit" ["q", "ctrl-c"];
    /// Show or mask the new secret.
    Show Reveal "show" "show" ["v"];
    /// Copy the new secret.
    CopySecret Reveal "copy-secret" "copy" ["y"];
    /// Store the new secret: in a file, a variable of a file, or by a command.
    Save Reveal "save" "store" ["s"];
    /// Leave the copied secret on the clipboard for longer.
    Extend Reveal "extend" "extend" ["x"];
    /// The new secret is stored: close its dialog.
    Saved Reveal "saved" "saved" ["Enter"];
}

/// Which key means which action.
#[derive(Debug, Clone)]
pub struct Keymap {
    keys: BTreeMap<(Place, Key), Action>,
}

impl Default for Keymap {
    fn default() -> Self {
        let pairs = Action::ALL.iter().flat_map(|&action| {
            let keys = action
                .default_keys()
                .iter()
                .filter_map(|text| text.parse().ok());
            keys.map(move |key: Key| ((action.place(), key), action))
        });
        Self {
            keys: pairs.collect(),
        }
    }
}

impl Keymap {
    /// The default keys with the config's `[keys]` instead of those that it names.
    ///
    /// # Errors
    /// An unknown action, a key that cannot be read, or one key with two meanings: both are named.
    pub fn with(changes: &BTreeMap<String, String>) -> Result<Self, String> {
        let mut map = Self::default();
        for (name, keys) in changes {
            let action = Action::ALL
                .iter()
                .copied()
                .find(|action| action.name() == name)
                .ok_or_else(|| {
                    let nearest = nearest(name, Action::ALL.iter().map(|action| action.name()));
                    format!("there is no action `{name}`; did you mean `{nearest}`?")
                })?;
            map.keys.retain(|_, bound| *bound != action);
            for text in keys.split_whitespace() {
                let key = text.parse()?;
                let other = map.keys.insert((action.place(), key), action);
                if let Some(other) = other
                    && !changes.contains_key(other.name())
                {
                    return Err(format!(
                        "`{text}` means both `{}` and `{name}`; give one of them another key",
                        other.name()
                    ));
                }
            }
        }
        Ok(map)
    }

    /// What the key means in this place.
    #[must_use]
    pub fn action(&self, place: Place, key: Key) -> Option<Action> {
        self.keys.get(&(place, key)).copied()
    }

    /// The keys that mean the action, in the order of the table.
    #[must_use]
    pub fn keys(&self, action: Action) -> Vec<Key> {
        let mut keys: Vec<Key> = self
            .keys
            .iter()
            .filter(|(_, bound)| **bound == action)
            .map(|((_, key), _)| *key)
            .collect();
        keys.sort_by_key(|key| {
            (
                action
                    .default_keys()
                    .iter()
                    .position(|text| *text == key.to_string()),
                *key,
            )
        });
        keys
    }

    /// The first key of the action, as the footer shows it.
    #[must_use]
    pub fn hint(&self, action: Action) -> String {
        self.keys(action)
            .first()
            .map(ToString::to_string)
            .unwrap_or_default()
    }
}

/// The known name that is most like the one given.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> &'a str {
    known
        .max_by(|left, right| {
            strsim::jaro_winkler(name, left).total_cmp(&strsim::jaro_winkler(name, right))
        })
        .unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_place() {
        let all: Vec<(Place, Key)> = Action::ALL
            .iter()
            .flat_map(|action| {
                action
                    .default_keys()
                    .iter()
                    .map(|text| (action.place(), text.parse().unwrap()))
            })
            .collect();
        assert_eq!(Keymap::default().keys.len(), all.len());
    }

    #[test]
    fn the_config_moves_an_action_to_another_key() {
        let map = Keymap::with(&[("refresh".to_owned(), "F5".to_owned())].into()).unwrap();
        assert_eq!(
            map.action(Place::Table, "F5".parse().unwrap()),
            Some(Action::Refresh)
        );
        assert_eq!(map.action(Place::Table, Key::ctrl('r')), None);
    }

    #[test]
    fn a_key_bound_twice_is_an_error_that_names_both() {
        let error = Keymap::with(&[("refresh".to_owned(), "d".to_owned())].into()).unwrap_err();
        assert_eq!(
            error,
            "`d` means both `delete` and `refresh`; give one of them another key"
        );
    }

    #[test]
    fn an_unknown_action_is_told_with_its_nearest_name() {
        let error = Keymap::with(&[("refrsh".to_owned(), "F5".to_owned())].into()).unwrap_err();
        assert_eq!(
            error,
            "there is no action `refrsh`; did you mean `refresh`?"
        );
    }

    #[test]
    fn the_half_page_key_never_deletes() {
        assert_eq!(
            Keymap::default().action(Place::Table, Key::ctrl('d')),
            Some(Action::HalfDown)
        );
    }
}
