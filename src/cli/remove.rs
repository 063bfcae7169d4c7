//! `keyrack rm`: keys are deleted, some at once, each by the id that was captured before anything was asked.
//! The one that the context signs in with goes last, for nothing could be sent after it.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    DONE, Ended, Failure, Setting, args, block_on,
    bulk::{self, Ran, Row},
    fetch::Ready,
    output, show,
    write::{Form, Listed, Place, Question, Values, confirm, listen, mistakes, now, tell},
};
use crate::{
    api::FieldValue,
    app::{
        bulk::plan::{Does, Planned, alone},
        form::given::Sheet,
        gate::Tier,
    },
    manifest::Verb,
    record::{KeyId, Rows, Text},
    walk::{self, Key, Site},
};

/// Deletes keys.
pub(super) fn run(setting: &Setting, arguments: &args::Remove) -> Ended {
    let place = Place::of(setting, arguments.pane, &arguments.place, Verb::Delete)?;
    if !arguments.plan {
        place.open()?;
    }
    let values = Values::of(&arguments.values)?;
    values.check(&sheet(&place))?;
    let filter = arguments.filter.as_deref();
    let filter = filter.map(|text| place.filter(text)).transpose()?;
    let mut ids: Vec<KeyId> = Vec::new();
    for text in &arguments.ids {
        let id = place.id(text)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    let many = filter.is_some() || ids.len() > 1;
    let ready = place.ready(setting)?;
    let form = Form::of(arguments.place.how.json, arguments.csv);
    block_on(async {
        let client = place.client(&ready).await?;
        let listed = place.list(&client).await?;
        let mut chosen = match &filter {
            Some(filter) => listed.kept(&place, filter),
            None => ids.into_iter().map(|id| listed.key(id)).collect(),
        };
        chosen.sort_by_key(|key: &Key| key.own);
        if chosen.is_empty() {
            output::say("no key matches: nothing was sent");
            return tell(&place, &[], true, form);
        }
        at_most(&place, chosen.len())?;
        if arguments.plan {
            return plan(&place, &listed, &chosen, form);
        }
        let confirmed = ask(&place, &listed, &chosen, arguments.yes)?;
        let site = place.site(&ready, client);
        let asked = asked(&place, &ready, &values, &listed, chosen.len()).await?;
        let ran = delete(&place, &site, (&listed, chosen, asked), confirmed).await?;
        let ended = tell(&place, &ran.reports, many, form);
        ran.broken.map_or(ended, Err)
    })
}

/// A run acts on no more keys than the config lets it.
///
/// # Errors
/// That there are more.
pub(super) fn at_most(place: &Place, count: usize) -> Result<(), Failure> {
    let most = place.config.bulk.max;
    if count <= most {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "nothing was sent: {count} keys are more than the {most} of one run (max under [bulk]); narrow the filter or raise it"
    )))
}

/// The list is whole and does not have this key: there is nothing to delete.
fn is_gone(listed: &Listed, key: &Key) -> bool {
    key.unknown && listed.end.cut.is_none()
}

/// Why a button would not be enough, a sentence each.
pub(super) fn reasons(place: &Place, key: &Key, verb: Verb) -> Vec<String> {
    place.ground().stakes(key, verb).reasons()
}

/// How far deleting a key has to be confirmed.
pub(super) fn tier(place: &Place, key: &Key, verb: Verb) -> Tier {
    place.ground().tier(key, verb)
}

/// `API key “x”, id 1`.
pub(super) fn line(place: &Place, key: &Key) -> String {
    let (id, name) = (key.target.id.as_str(), &key.target.name);
    format!(
        "{} “{}”, id {}",
        place.resource.noun,
        Text::new(name).shown(),
        Text::new(id).shown()
    )
}

/// Prints what would happen.
fn plan(place: &Place, listed: &Listed, chosen: &[Key], form: Form) -> Ended {
    let plan: Vec<Planned> = chosen
        .iter()
        .map(|key| planned(place, listed, key))
        .collect();
    if let Some(data) = form.plan(&plan) {
        output::print(&data)?;
        return Ok(DONE);
    }
    let mut text = String::new();
    for (one, key) in plan.iter().zip(chosen) {
        let _ = writeln!(text, "{} {}", one.does.word(), line(place, key));
        for reason in &one.reasons {
            let _ = writeln!(text, "  {reason}");
        }
    }
    output::print(&text)?;
    Ok(DONE)
}

fn planned(place: &Place, listed: &Listed, key: &Key) -> Planned {
    let gone = is_gone(listed, key);
    Planned {
        context: place.name().clone(),
        resource: place.resource.clone(),
        target: key.target.clone(),
        own: key.own,
        does: if gone { Does::Skip } else { Does::Delete },
        to: None,
        reasons: if gone {
            vec!["It is not there: nothing would be sent.".to_owned()]
        } else {
            reasons(place, key, Verb::Delete)
        },
        tier: tier(place, key, Verb::Delete),
    }
}

/// How far the deletion of these keys is confirmed: a single one as it is in the console, several by typing
/// their number.
fn ask(place: &Place, listed: &Listed, chosen: &[Key], yes: u8) -> Result<Tier, Failure> {
    let chosen: Vec<&Key> = chosen.iter().filter(|key| !is_gone(listed, key)).collect();
    let tiers = chosen.iter().map(|key| tier(place, key, Verb::Delete));
    let Some(needed) = tiers.max() else {
        return Ok(Tier::Form);
    };
    let question = match &*chosen {
        [only] => Question::of(
            format!("Delete {}", place.key(&only.target.name)),
            std::iter::once(line(place, only))
                .chain(reasons(place, only, Verb::Delete))
                .collect(),
            needed,
            &only.target,
        ),
        all => Question {
            title: format!("Delete {} keys in {}", all.len(), place.name()),
            lines: all
                .iter()
                .map(|key| {
                    let reasons = reasons(place, key, Verb::Delete).join(" ");
                    format!("{}. {reasons}", line(place, key))
                        .trim_end()
                        .to_owned()
                })
                .collect(),
            needed: needed.max(Tier::Typed),
            word: (all.len().to_string(), "number of keys"),
        },
    };
    confirm(yes, &question)
}

/// The keys of a list that go, each with what goes with it.
type Deletions<'a> = (
    &'a Listed,
    Vec<Key>,
    Vec<Option<BTreeMap<String, FieldValue>>>,
);

/// The form of what the service asks beside a deletion.
fn sheet(place: &Place) -> Sheet {
    Sheet::new(Verb::Delete, Rows::new(place.resource.clone()), now())
}

/// What goes with each deletion.
async fn asked(
    place: &Place,
    ready: &Ready,
    values: &Values,
    listed: &Listed,
    many: usize,
) -> Result<Vec<Option<BTreeMap<String, FieldValue>>>, Failure> {
    values.are_for(many)?;
    let mut all = Vec::new();
    for _ in 0..many {
        let mut sheet = sheet(place);
        values.fill(&mut sheet, ready.resolver()).await?;
        let filled = sheet.values(&listed.rows, None);
        all.push(Some(filled.map_err(|wrong| mistakes(&wrong))?));
    }
    Ok(all)
}

async fn delete(
    place: &Place,
    site: &Site,
    (listed, chosen, mut asked): Deletions<'_>,
    confirmed: Tier,
) -> Result<Ran, Failure> {
    listen(&site.halt)?;
    let plan: Vec<Planned> = chosen
        .iter()
        .map(|key| planned(place, listed, key))
        .collect();
    let alone = alone(&plan.iter().collect::<Vec<_>>());
    let rows: Vec<Row> = chosen
        .into_iter()
        .zip(alone)
        .map(|(key, alone)| Row {
            skipped: is_gone(listed, &key).then(|| {
                let id = &key.target.id;
                let why = show::missing(&place.context, &place.resource, id, &listed.end);
                format!("{why}. Nothing was sent.")
            }),
            alone,
            key,
        })
        .collect();
    let delete = |at: usize, key, site| {
        let asked = asked.get_mut(at).and_then(Option::take);
        async move { walk::delete(&site, &key, asked, confirmed, false).await }
    };
    Ok(bulk::run(place, site, &rows, false, delete).await)
}
