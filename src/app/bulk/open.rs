//! From the marked keys to a plan: how they are rotated and where the new secrets go is chosen first, then
//! every key has its line. What may not be done is in the plan with the reason, and is left out.

use std::{collections::BTreeMap, sync::Arc};

use tui_input::Input;

use super::{
    Act, Bulk, Next, Phase, Row, keys,
    keys::leave,
    of,
    plan::{Does, Planned, alone},
    queue::Queue,
    way_of,
};
use crate::{
    api::{Change, Target},
    app::{
        Effect, Model, Tone, act,
        choices::Choices,
        dialog::Dialog,
        form::given::Sheet,
        gate::{Stakes, Tier},
        keymap::Action,
        mark::Marked,
        question,
        rotation::{steps::Way, twin},
        view, waiting,
    },
    manifest::{Resource, Verb},
    record::Rows,
};

/// Opens the plan for the marked keys, those of a range that is still being drawn too, or the choices that
/// come before it.
pub fn open(model: &mut Model, act: Act) -> Vec<Effect> {
    if model.pane().anchor.is_some() {
        // Its rows are those that the filter keeps, not those that it has found so far.
        view::settle(model, model.active);
        model.pane_mut().end_range();
    }
    let marked = model.pane().all_marked();
    let most = model.bulk.max;
    if marked.len() > most {
        let words = format!(
            "{} are more than the {most} of one run: mark fewer, or raise max under [bulk] in the config.",
            keys(marked.len())
        );
        model.say(Tone::Warn, words);
        return Vec::new();
    }
    let rows: Vec<Row> = marked
        .iter()
        .filter_map(|one| row(model, act, one))
        .collect();
    let bulk = Bulk {
        act,
        queue: Queue::new([], 1, true),
        rows,
        phase: Phase::Plan,
        sink: None,
        choices: Choices::default(),
        input: Input::default(),
        at: 0,
        held: false,
        busy: None,
        problem: None,
        time: None,
        drawn: None,
    };
    model.dialogs.push(Dialog::Bulk(Box::new(bulk)));
    if act == Act::Rotate {
        return ways(model);
    }
    plan(model);
    Vec::new()
}

/// A marked key that nothing is known of yet but whether it can be acted on.
fn row(model: &Model, act: Act, one: &Marked) -> Option<Row> {
    let (source, record) = model.pane().row(one.row)?;
    let target = Target::of(record)?;
    let context = model.contexts.get(one.context)?;
    let own = source.is_own(&target.id);
    let action = match act {
        Act::Delete => Action::Delete,
        Act::Rotate => Action::Rotate,
    };
    let why = act::key_why_not(model, one.context, &one.resource, action).or_else(|| {
        own.then(|| {
            format!(
                "{} signs in with it: do that by itself, for nothing could be done after it.",
                context.name
            )
        })
    });
    let rotated =
        act == Act::Rotate && waiting::is_rotated(model, one.context, &one.resource, &target);
    let why = why.or_else(|| {
        rotated.then(|| "A rotation of it waits already: L goes on with that one.".to_owned())
    });
    Some(Row {
        context: one.context,
        plan: Planned {
            context: Arc::clone(&context.name),
            resource: Arc::clone(&one.resource),
            target,
            own,
            does: match (&why, act) {
                (Some(_), _) => Does::Refuse,
                (None, Act::Delete) => Does::Delete,
                (None, Act::Rotate) => Does::Rotate {
                    way: way_of(&one.resource, true)?,
                    keep_old: false,
                    twin: None,
                },
            },
            to: None,
            reasons: why.into_iter().collect(),
            tier: Tier::Typed,
        },
        powerful: crate::app::state::powerful(record),
        production: context.production,
        hidden: !one.shown,
        makes: false,
        place: None,
        call: None,
        words: String::new(),
        report: None,
        holds: None,
        looked: false,
    })
}

/// Asks how keys are rotated that can be rotated in more than one way.
fn ways(model: &mut Model) -> Vec<Effect> {
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    let mut sending = bulk.rows.iter().filter(|row| row.plan.does.sends());
    let both = sending.any(|row| Way::of(&row.plan.resource).len() > 1);
    if !both {
        return go(model, true);
    }
    bulk.turn(Phase::Way);
    bulk.choices = Choices::default()
        .with(
            Next::Way { regenerate: false },
            "Replace each",
            "a new key first; the old one goes once the new one is stored and works",
        )
        .with_risky(
            Next::Way { regenerate: true },
            "Regenerate each secret",
            "the keys stay; each old secret dies at once, before anybody has the new one",
        )
        .with(Next::Leave, "Cancel", "nothing was sent");
    Vec::new()
}

/// Does what was chosen.
pub(super) fn choose(model: &mut Model, next: Next) -> Vec<Effect> {
    match next {
        Next::Way { regenerate } => go(model, regenerate),
        Next::Sink(at) => match model.sinks.get(at) {
            Some(name) => {
                let sink = format!("cmd:{name}");
                check(model, sink)
            }
            None => Vec::new(),
        },
        Next::Type => {
            if let Some(bulk) = of(model) {
                bulk.turn(Phase::Typing);
            }
            Vec::new()
        }
        Next::Leave => leave(model),
    }
}

/// Each key goes the way that was chosen; where secrets are made, their destination is asked for.
fn go(model: &mut Model, regenerate: bool) -> Vec<Effect> {
    let now = model.now;
    let Some(mut bulk) = take(model) else {
        return Vec::new();
    };
    // Twins of one run have different names too.
    let mut names: Vec<String> = Vec::new();
    for row in bulk.rows.iter_mut().filter(|row| row.plan.does.sends()) {
        let resource = Arc::clone(&row.plan.resource);
        let Some(way) = way_of(&resource, regenerate) else {
            continue;
        };
        let twin = (way == Way::CreateFirst).then(|| {
            let taken = |name: &str| {
                let known = crate::app::listing::whole(model, row.context, &resource);
                let mut known = known.into_iter().flat_map(Rows::iter);
                names.iter().any(|one| one == name)
                    || known.any(|record| record.name().exact() == name)
            };
            twin::name(&resource, &row.plan.target.name, taken)
        });
        names.extend(twin.clone());
        row.plan.does = Does::Rotate {
            way,
            keep_old: false,
            twin: twin.clone(),
        };
        let sheet = sheet(model, row, way, now);
        row.makes = twin::makes_secret(&resource, way, sheet.as_ref());
        let gaps = sheet.and_then(|sheet| gaps(sheet, &resource, way, row, twin.as_deref()));
        if let Some(why) = gaps {
            row.plan.does = Does::Refuse;
            row.plan.reasons = vec![why];
        }
    }
    let asks = bulk
        .rows
        .iter()
        .any(|row| row.plan.does.sends() && row.makes);
    model.dialogs.push(Dialog::Bulk(bulk));
    if asks {
        destinations(model);
    } else {
        plan(model);
    }
    Vec::new()
}

fn take(model: &mut Model) -> Option<Box<Bulk>> {
    match model.dialogs.pop() {
        Some(Dialog::Bulk(bulk)) => Some(bulk),
        other => {
            model.dialogs.extend(other);
            None
        }
    }
}

/// The form of a twin as its row fills it in; none where the key stays.
fn sheet(model: &Model, row: &Row, way: Way, now: crate::record::Moment) -> Option<Sheet> {
    if way == Way::Regenerate {
        return None;
    }
    let resource = &row.plan.resource;
    let record = crate::app::listing::row(model, row.context, resource, &row.plan.target.id)?;
    let mut base = Rows::new(Arc::clone(resource));
    base.push_record(record);
    Some(Sheet::new(Verb::Create, base, now))
}

/// Why a key cannot be copied from its row, where nothing else tells more of it.
fn gaps(
    mut sheet: Sheet,
    resource: &Arc<Resource>,
    way: Way,
    row: &Row,
    twin: Option<&str>,
) -> Option<String> {
    if let Some(name) = twin {
        sheet.rename(name);
    }
    let own = (way == Way::DeleteFirst).then_some(&row.plan.target.id);
    let wrong = sheet.values(&Rows::new(Arc::clone(resource)), own).err()?;
    // Reading the one key may tell what its list does not.
    if resource.get.is_some() {
        return None;
    }
    let told = wrong
        .iter()
        .map(|one| format!("{}: {}", one.field, one.why));
    Some(format!(
        "It cannot be copied: rotate it by itself, with r. {}",
        told.collect::<Vec<_>>().join(" ")
    ))
}

/// Asks where the new secrets go.
pub(super) fn destinations(model: &mut Model) {
    let sinks = model.sinks.clone();
    let Some(bulk) = of(model) else { return };
    bulk.turn(Phase::Destination);
    bulk.busy = None;
    bulk.problem = None;
    let mut choices = Choices::default();
    for (at, name) in sinks.iter().enumerate() {
        choices = choices.with(
            Next::Sink(at),
            format!("cmd:{name}"),
            "this command of the config gets each secret, one after the other",
        );
    }
    bulk.choices = choices
        .with(
            Next::Type,
            "Type a destination…",
            "env:PATH:{name} or file:DIR/{name}: each key its own variable or file",
        )
        .with(Next::Leave, "Cancel", "nothing was sent");
}

/// Asks whether a destination takes a secret of each key, before anything is made.
pub(super) fn check(model: &mut Model, sink: String) -> Vec<Effect> {
    let call = model.next_call();
    let Some(bulk) = of(model) else {
        return Vec::new();
    };
    bulk.problem = None;
    bulk.busy = Some((call, "Looking whether it takes the secrets…"));
    bulk.sink = Some(sink.clone());
    let making = bulk
        .rows
        .iter()
        .filter(|row| row.plan.does.sends() && row.makes);
    let keys = making.map(|row| (Arc::clone(&row.plan.context), row.plan.target.clone()));
    vec![Effect::CheckSinks {
        call,
        sink,
        keys: keys.collect(),
    }]
}

/// Completes the plan: why each key has to be confirmed, and which rows may run beside others.
pub(super) fn plan(model: &mut Model) {
    let rules = model.bulk.clone();
    let Some(mut bulk) = take(model) else { return };
    let sink = bulk.sink.clone();
    let sending = bulk.rows.iter_mut().filter(|row| row.plan.does.sends());
    for (place, row) in sending.enumerate() {
        let verb = match row.plan.does {
            Does::Rotate {
                way: Way::Regenerate,
                ..
            } => Verb::Rotate,
            _ => Verb::Delete,
        };
        let change = Change {
            context: Arc::clone(&row.plan.context),
            resource: Arc::clone(&row.plan.resource),
            verb,
            target: Some(row.plan.target.clone()),
            values: BTreeMap::new(),
        };
        let stakes = Stakes {
            unknown: false,
            ..question::stakes(model, row.context, &change)
        };
        row.plan.reasons = stakes.reasons();
        row.plan.to = sink.clone().filter(|_| row.makes);
        row.place = Some(place);
    }
    let sending = bulk.rows.iter().filter(|row| row.place.is_some());
    let sending: Vec<&Planned> = sending.map(|row| &row.plan).collect();
    let alone = alone(&sending);
    bulk.queue = Queue::new(alone, rules.parallel, rules.stop_on_unknown);
    bulk.turn(Phase::Plan);
    model.dialogs.push(Dialog::Bulk(bulk));
}
