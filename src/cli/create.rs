//! `keyrack create`: a new key from values that are checked as those of a form, its secret brought where it
//! was asked to go. One run makes one key at most; what stays unknown is said to be that.

use std::sync::Arc;

use super::{
    Ended, Failure, Setting, args, block_on, output,
    write::{End, Form, Place, Report, Route, Values, listen, mistakes, now, route, tell},
};
use crate::{
    api::{ApiError, Change, client::Client},
    app::{
        flight::{Rotating, capital},
        form::given::Sheet,
        gate::Tier,
    },
    deliver::Sink,
    manifest::{Meaning, Role, Verb},
    record::{Rows, Text},
    secret::Secret,
    walk::{self, Landed, Order, Site},
};

/// Makes a key.
pub(super) fn run(setting: &Setting, arguments: &args::Create) -> Ended {
    let form = Form::of(arguments.place.how.json, false);
    let route = route(arguments.to.as_deref(), form)?;
    let place = Place::of(setting, arguments.pane, &arguments.place, Verb::Create)?;
    place.open()?;
    let values = Values::of(&arguments.values)?;
    let mut sheet = Sheet::new(Verb::Create, Rows::new(place.resource.clone()), now());
    values.check(&sheet)?;
    let ready = place.ready(setting)?;
    block_on(async {
        values.fill(&mut sheet, ready.resolver()).await?;
        wants_route(&place, &sheet, route.as_ref())?;
        if let Some(route) = &route {
            place.check(&route.sink, None).await?;
        }
        let client = place.client(&ready).await?;
        let known = before(&place, &client).await?;
        let none = Rows::new(place.resource.clone());
        let values = sheet.values(known.as_deref().unwrap_or(&none), None);
        let values = match values {
            Ok(values) => values,
            Err(wrong) => return Err(mistakes(&wrong)),
        };
        let change = Change {
            context: place.name().clone(),
            resource: place.resource.clone(),
            verb: Verb::Create,
            target: None,
            values,
        };
        let site = place.site(&ready, client);
        let report = make(&place, &site, change, known.as_deref(), route.as_ref()).await?;
        tell(&place, &[report], false, form)
    })
}

/// `--to` is there exactly when somebody makes a secret; for one that was chosen it may be.
///
/// # Errors
/// That it is missing, or has nothing to bring anywhere.
fn wants_route(place: &Place, sheet: &Sheet, route: Option<&Route>) -> Result<(), Failure> {
    let answers = place.resource.create.as_ref();
    let answers = answers.is_some_and(|op| op.secret.is_some());
    let makes = !sheet.made().is_empty() || (answers && !sheet.chosen());
    match route {
        None if makes => Err(Failure::usage(format!(
            "nothing was sent: {} has a secret that is told once, so say where it goes: --to file:PATH, env:PATH:NAME, cmd:NAME, clipboard or stdout",
            crate::app::act::with_article(&place.resource.noun)
        ))),
        Some(_) if !makes && !sheet.chosen() => Err(Failure::usage(
            "nothing was sent: --to has nothing to bring anywhere, for the secret is yours; leave it out",
        )),
        _ => Ok(()),
    }
}

/// The whole list before a create, by which a lost answer is looked up; none where this credential may make
/// keys and not list them.
///
/// # Errors
/// When the service is not well: nothing was sent.
pub(super) async fn before(place: &Place, client: &Client) -> Result<Option<Arc<Rows>>, Failure> {
    match super::write::Listed::read(client, &place.resource).await {
        Ok(listed) => Ok(listed.end.cut.is_none().then_some(listed.rows)),
        Err(error) if is_not_allowed(&error) => {
            let name = place.name();
            output::say(&format!(
                "warning: {name}: the list cannot be read, so that a lost answer could not be looked up: {error}"
            ));
            Ok(None)
        }
        Err(error) => Err(place.failed(&error)),
    }
}

fn is_not_allowed(error: &ApiError) -> bool {
    let ApiError::Refused { meaning, .. } = error else {
        return false;
    };
    matches!(
        meaning,
        Meaning::Forbidden | Meaning::Credential | Meaning::CredentialOrNotFound
    )
}

/// Sends the create and brings its secret to its destination.
async fn make(
    place: &Place,
    site: &Site,
    change: Change,
    known: Option<&Rows>,
    route: Option<&Route>,
) -> Result<Report, Failure> {
    let name = change.name().to_owned();
    let pass = site.ground.pass(Tier::Form, Tier::Form)?;
    listen(&site.halt)?;
    let order = Order {
        change,
        pass,
        known,
        gone: None,
        sink: route.map(Route::said),
        rotation: Rotating::No,
        repeat: false,
    };
    let landed = walk::send(site, order).await?;
    let sink = route.map(|route| &route.sink);
    let label = place.key(&name);
    let whole = match (landed.end, &landed.secret, &landed.raw) {
        (End::Unreadable, None, Some(raw)) => {
            walk::bring_raw(site, sink, raw, &label, landed.entry).await?
        }
        _ => false,
    };
    let whole = sink.filter(|_| whole);
    let mut report = Report {
        end: landed.end,
        id: landed.id.as_ref().map(|id| id.as_str().to_owned()),
        message: words(place, &name, &landed, whole),
        name: Some(name),
        journal: landed.entry,
        partial: false,
    };
    output::say(&report.message);
    if let (Some(sink), Some(secret)) = (sink, &landed.secret) {
        deliver(place, site, &landed, (sink, secret), &mut report).await?;
    }
    Ok(report)
}

/// Brings the secret of a new key to its destination, also where it is not known whether the key is there:
/// what keyrack holds is not lost with an answer.
async fn deliver(
    place: &Place,
    site: &Site,
    landed: &Landed,
    (sink, secret): (&Sink, &Secret),
    report: &mut Report,
) -> Result<(), Failure> {
    let label = place.key(report.name.as_deref().unwrap_or_default());
    let arrived = walk::bring(site, (sink, secret, None), &label, landed.entry).await?;
    let more = match (arrived, landed.end) {
        (true, End::Unknown) => format!(
            "The secret that it was to have was chosen here and went to {sink}: it works if the key is there, and is of no use if not."
        ),
        (true, _) => return Ok(()),
        (false, _) => {
            report.partial = landed.end == End::Done;
            recover(place, report.id.as_deref())
        }
    };
    output::say(&more);
    let lost = if arrived {
        String::new()
    } else {
        format!(" Its secret did not arrive at {sink}.")
    };
    report.message = format!("{}{lost} {more}", report.message);
    Ok(())
}

/// What became of the new key, why, and what to do next; `whole` has an answer that could not be read.
fn words(place: &Place, name: &str, landed: &Landed, whole: Option<&Sink>) -> String {
    let key = capital(&place.key(name));
    let why = landed.why.join(" ");
    let id = landed.id.as_ref();
    let id = id.map_or_else(String::new, |id| {
        format!(" with the id {}", Text::new(id.as_str()).shown())
    });
    match landed.end {
        End::Done => match &landed.public {
            Some(public) => format!("{key} was created{id}. Its public half: {public}"),
            None if landed.id.is_none() => format!(
                "{key} was created, and the answer has no id of it: {} shows it.",
                place.command("ls")
            ),
            None => format!("{key} was created{id}."),
        },
        End::NotDone => format!("{key} was not created. {why}"),
        End::Unreadable if landed.secret.is_some() => format!(
            "{key} was created, and its answer could not be read. {why} {} shows it.",
            place.command("ls")
        ),
        End::Unreadable => {
            let lost = whole.map_or_else(
                || "its secret is lost".to_owned(),
                |sink| {
                    format!(
                        "its answer could not be read: it went whole to {sink}, and the new secret may stand in it"
                    )
                },
            );
            let next = recover(place, landed.id.as_ref().map(crate::record::KeyId::as_str));
            format!("{key} was created{id}, and {lost}. {why} {next}")
        }
        End::Unknown => format!(
            "{key}: whether it was created is unknown. {why} {}",
            again(place, name)
        ),
    }
}

/// How a key is helped whose secret nobody has.
pub(super) fn recover(place: &Place, id: Option<&str>) -> String {
    let id = id.map_or_else(|| "ID".to_owned(), |id| Text::new(id).shown().into_owned());
    let resource = &place.resource;
    let (pane, name) = (resource.pane.name(), place.name());
    if resource.rotate.is_some() {
        format!(
            "Give it another secret with: keyrack rotate {pane} {id} -c {name} --mode regenerate --to SINK --yes"
        )
    } else {
        format!(
            "If the secret is nowhere, delete the key and create it again: keyrack rm {pane} {id} -c {name}"
        )
    }
}

/// What to do about a create of which nothing is known.
fn again(place: &Place, name: &str) -> String {
    let resource = &place.resource;
    let column = resource.role(Role::Name);
    let column = column.and_then(|at| resource.field.get(at));
    let unique = resource.field.iter().any(|field| field.unique);
    let risk = if unique || (resource.repeatable_by.is_none() && !resource.natural_key.is_empty()) {
        "the service refuses the same name a second time"
    } else {
        "should the first one arrive late, there will be two"
    };
    let filter = column.map_or_else(String::new, |_| {
        let plain = Text::new(name).shown().replace(['\'', '"', '\\'], "");
        format!(" -f 'name:\"{plain}\"'")
    });
    format!(
        "Look again with: {}{filter}. If it is not there, run the same command once more: {risk}.",
        place.command("ls")
    )
}
