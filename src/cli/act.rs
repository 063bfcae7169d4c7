//! `keyrack update --action`: what a manifest names beside the common operations, done to one key. It is
//! confirmed as a deletion is, for it may take a key out of use.

use super::{
    Ended, Failure, Setting, args, block_on, output,
    remove::{line, reasons, tier},
    show,
    write::{Form, Place, Question, confirm, listen, tell},
};
use crate::{
    config::nearest,
    manifest::{Action, Verb},
    walk::{self, Key},
};

/// Does an action to a key.
pub(super) fn run(setting: &Setting, arguments: &args::Update, name: &str) -> Ended {
    let place = Place::of(setting, arguments.pane, &arguments.place, None)?;
    let (at, action) = find(&place, name)?;
    place.open()?;
    let id = place.id(&arguments.id)?;
    let ready = place.ready(setting)?;
    block_on(async {
        let client = place.client(&ready).await?;
        let listed = place.list(&client).await?;
        let key = listed.key(id);
        if key.unknown && listed.end.cut.is_none() {
            let (resource, id) = (&place.resource, &key.target.id);
            let why = show::missing(&place.context, resource, id, &listed.end);
            return Err(Failure::failed(format!("{why}\nNothing was sent.")));
        }
        let verb = Verb::Act(at);
        let question = question(&place, &key, action, verb);
        let confirmed = confirm(arguments.yes, &question)?;
        let site = place.site(&ready, client);
        listen(&site.halt)?;
        let report = walk::act(&site, &key, at, confirmed).await?;
        output::say(&report.message);
        let form = Form::of(arguments.place.how.json, false);
        tell(&place, &[report], false, form)
    })
}

fn question(place: &Place, key: &Key, action: &Action, verb: Verb) -> Question {
    let lines = std::iter::once(line(place, key))
        .chain(action.confirm.clone())
        .chain(reasons(place, key, verb));
    Question::of(
        format!("{} {}", action.title, place.key(&key.target.name)),
        lines.collect(),
        tier(place, key, verb),
        &key.target,
    )
}

/// The action of this name and its position.
fn find<'p>(place: &'p Place, name: &str) -> Result<(u8, &'p Action), Failure> {
    let actions = &place.resource.action;
    let found = (0_u8..).zip(actions).find(|(_, action)| action.id == name);
    found.ok_or_else(|| {
        let known: Vec<&str> = actions.iter().map(|action| &*action.id).collect();
        let hint = match (nearest(name, known.iter().copied()), known.is_empty()) {
            (_, true) => "there are none".to_owned(),
            (Some(near), _) => format!("did you mean {near}?"),
            (None, false) => format!("there are {}", known.join(", ")),
        };
        Failure::usage(format!(
            "nothing was sent: {} has no action {name:?} for {}; {hint}",
            place.name(),
            place.resource.title
        ))
    })
}
