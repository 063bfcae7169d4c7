//! `keyrack update`: a key's fields become what was given, and only what differs is sent. The row is read
//! first; nothing is sent where it is so already.

use super::{
    Ended, Failure, Setting, args, block_on, output, show,
    write::{End, Form, Place, Report, Values, listen, mistakes, now, tell},
};
use crate::{
    api::Change,
    app::{
        flight::{Rotating, capital},
        form::given::Sheet,
        gate::Tier,
    },
    manifest::Verb,
    record::Rows,
    walk::{self, Landed, Order, Site},
};

/// Changes a key.
pub(super) fn run(setting: &Setting, arguments: &args::Update) -> Ended {
    if let Some(action) = &arguments.action {
        return super::act::run(setting, arguments, action);
    }
    let place = Place::of(setting, arguments.pane, &arguments.place, Verb::Update)?;
    place.open()?;
    let values = Values::of(&arguments.values)?;
    if values.is_empty() {
        return Err(Failure::usage(
            "nothing was sent: there is nothing to change; give it with --set NAME=VALUE",
        ));
    }
    let empty = Rows::new(place.resource.clone());
    values.check(&Sheet::new(Verb::Update, empty, now()))?;
    let id = place.id(&arguments.id)?;
    let ready = place.ready(setting)?;
    block_on(async {
        let client = place.client(&ready).await?;
        let listed = place.list(&client).await?;
        let key = listed.key(id);
        let site = place.site(&ready, client);
        let base = walk::row(&site, &listed.rows, &key).await;
        let base = base.map_err(|error| place.failed(&error))?;
        if base.is_empty() {
            let (resource, id, end) = (&place.resource, &key.target.id, &listed.end);
            let why = show::missing(&place.context, resource, id, end);
            return Err(Failure::failed(why));
        }
        let mut target = key.target;
        base.record(0).name().exact().clone_into(&mut target.name);
        let mut sheet = Sheet::new(Verb::Update, base, now());
        values.fill(&mut sheet, ready.resolver()).await?;
        let values = match sheet.values(&listed.rows, Some(&target.id)) {
            Ok(values) => values,
            Err(wrong) => return Err(mistakes(&wrong)),
        };
        let change = Change {
            context: place.name().clone(),
            resource: place.resource.clone(),
            verb: Verb::Update,
            target: Some(target),
            values,
        };
        let report = change_it(&place, &site, change).await?;
        output::say(&report.message);
        let form = Form::of(arguments.place.how.json, false);
        tell(&place, &[report], false, form)
    })
}

async fn change_it(place: &Place, site: &Site, change: Change) -> Result<Report, Failure> {
    let target = change.target.clone();
    let name = target.as_ref().map(|it| it.name.clone());
    let key = place.key(name.as_deref().unwrap_or_default());
    let report = |end, message, journal| Report {
        end,
        id: target.as_ref().map(|it| it.id.as_str().to_owned()),
        name,
        message,
        journal,
        partial: false,
    };
    if change.values.is_empty() {
        let words = format!("{} is so already: nothing was sent.", capital(&key));
        return Ok(report(End::Done, words, None));
    }
    let pass = site.ground.pass(Tier::Form, Tier::Form)?;
    let order = Order {
        change,
        pass,
        known: None,
        gone: None,
        sink: None,
        rotation: Rotating::No,
        repeat: false,
    };
    listen(&site.halt)?;
    let landed = walk::send(site, order).await?;
    let words = words(&capital(&key), &landed);
    Ok(report(landed.end, words, landed.entry))
}

fn words(key: &str, landed: &Landed) -> String {
    let why = landed.why.join(" ");
    match landed.end {
        End::Done | End::Unreadable => format!("{key} was changed."),
        End::NotDone => format!("{key} was not changed. {why}"),
        End::Unknown => format!(
            "{key}: whether it was changed is unknown. {why} Running the same command once more changes nothing more."
        ),
    }
}
