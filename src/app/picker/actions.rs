//! What else can be done to one key: the actions that its manifest names, each with what it does. The key is
//! captured when the list opens, so that no row that moves meanwhile is acted on instead.

use super::{Item, Pick, Picker, Subject};
use crate::{
    app::{Effect, Model, flight, question},
    record::Text,
};

impl Picker {
    /// The actions of the selected key.
    #[must_use]
    pub fn actions(model: &Model) -> Self {
        let about = model.pane().target();
        let Some((_, resource, target)) = &about else {
            return Self::of("Actions", Vec::new());
        };
        let all = (0_u8..).zip(&resource.action);
        let items = all.map(|(at, action)| {
            let note = action.confirm.as_deref().unwrap_or_default();
            Item::new(&action.title, note, Pick::Act(at))
        });
        let title = format!("{} “{}”", resource.noun, Text::new(&target.name).shown());
        Self {
            about: about.clone().map(Box::new),
            ..Self::of(&flight::capital(&title), items.collect())
        }
    }
}

/// Asks before the action that was chosen.
pub(super) fn ask(model: &mut Model, about: Option<Box<Subject>>, at: u8) -> Vec<Effect> {
    about.map_or_else(Vec::new, |about| {
        let (context, resource, target) = *about;
        question::ask_act(model, (context, resource), target, at)
    })
}
