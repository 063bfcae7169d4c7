//! One change goes out once and is followed to its known end: what the answer says, else what the list shows.
//! What stays unknown is said to be that, with what can be done; nothing is sent a second time.

use super::{Broken, Ground, Sign, Site, now, shown};
use crate::{
    api::{
        ApiError, Change, Outcome,
        generate::{self, Made},
        trace::{Sighting, Trace},
    },
    app::{
        flight::{Errand, Rotating, Sent, sentence},
        gate::Pass,
        report::End,
    },
    intent,
    journal::EntryId,
    manifest::Verb,
    record::{KeyId, Rows},
    secret::Secret,
};

/// A change to be sent, and what it belongs to.
pub struct Order<'a> {
    /// What is sent.
    pub change: Change,
    /// Leave to send it.
    pub pass: Pass,
    /// The whole list as it was before, where it is known.
    pub known: Option<&'a Rows>,
    /// The key that it takes the place of, deleted since that list was read.
    pub gone: Option<KeyId>,
    /// Where a new secret goes, in words.
    pub sink: Option<String>,
    /// The rotation that it is a step of.
    pub rotation: Rotating,
    /// It is sent again after one whose end is not known.
    pub repeat: bool,
}

/// What became of a change.
pub struct Landed {
    /// How it ended.
    pub end: End,
    /// The key's id, where it is known.
    pub id: Option<KeyId>,
    /// The key's row, where it is known.
    pub rows: Option<Rows>,
    /// The new secret, from the answer or made here; of a create with no known end, what it has if it is there.
    pub secret: Option<Secret>,
    /// An answer that cannot be read, as it came: the new secret may stand in it.
    pub raw: Option<Secret>,
    /// The public half of a pair that was made here.
    pub public: Option<String>,
    /// Why it was not done, or is not known; a sentence each.
    pub why: Vec<String>,
    /// Where the journal has it.
    pub entry: Option<EntryId>,
    /// Where the journal has its rotation.
    pub rotation: Option<EntryId>,
}

/// `the creation of the API key “x” in prod`.
fn called(ground: &Ground, change: &Change) -> String {
    let what = match change.verb {
        Verb::Create => "creation",
        Verb::Update => "change",
        Verb::Rotate => "regeneration",
        Verb::Delete => "deletion",
        Verb::Act(at) => {
            let title = change.resource.action_title(at);
            return format!("“{title}” of {}", ground.key(change.name()));
        }
    };
    format!("the {what} of {}", ground.key(change.name()))
}

/// Sends a change and follows it to its end.
///
/// # Errors
/// When nothing was sent, or it is not waited for any longer.
pub async fn send(site: &Site, order: Order<'_>) -> Result<Landed, Broken> {
    let ground = &site.ground;
    let mut change = order.change;
    let made = generate::complete(&mut change)
        .map_err(|error| Broken::Unsent(format!("{}: {error}", ground.context)))?;
    let what = called(ground, &change);
    let errand = Errand {
        trace: Trace::of(&change, order.known, now()).after(order.gone.as_ref()),
        change,
        repeat: order.repeat,
        unwritten: false,
        rotation: order.rotation,
        sink: order.sink,
    };
    let carried = intent::carry(site.intent(), Box::new(errand), order.pass);
    let answer = format!("the answer to {what}");
    let sent = site.over(&answer, carried).await?;
    let sent = sent.map_err(|unwritten| Broken::unsent(unwritten.why))?;
    settle(site, sent, &made, &what).await
}

/// What an answer means; a lost one is looked for.
async fn settle(site: &Site, sent: Sent, made: &[Made], what: &str) -> Result<Landed, Broken> {
    let mut landed = Landed {
        end: End::Done,
        id: sent.change.target.as_ref().map(|it| it.id.clone()),
        rows: None,
        secret: None,
        raw: None,
        public: made.iter().find_map(|made| made.public.clone()),
        why: Vec::new(),
        entry: sent.entry,
        rotation: sent.rotation,
    };
    let (error, end) = match sent.outcome {
        Outcome::Done { id, rows, secret } => {
            landed.id = id.or(landed.id);
            landed.rows = Some(rows).filter(|rows| !rows.is_empty());
            landed.secret = secret.or_else(|| own_secret(&sent.change, made));
            return Ok(landed);
        }
        Outcome::NotDone(error) => {
            landed.end = End::NotDone;
            landed.why = reasons(&error);
            return Ok(landed);
        }
        Outcome::Unreadable { error, raw } => {
            landed.raw = raw;
            (error, End::Unreadable)
        }
        Outcome::Unknown(error) => (error, End::Unknown),
        Outcome::Earlier(error) => (error, End::NotDone),
    };
    let state = if end == End::Unreadable {
        "was done, but its answer cannot be read"
    } else {
        "is unknown"
    };
    site.say(format!("{what} {state}: {}", sentence(&error)));
    if end == End::Unreadable && !shows_a_secret(&sent.change, made) {
        // What was to be read says nothing that is needed.
        return Ok(landed);
    }
    if end != End::Unreadable {
        (site.tell)(Sign::Doubted);
    }
    let mut tell = |round: usize, of: usize| (site.tell)(Sign::Looking { round, of });
    let look = intent::follow(site.intent(), sent.entry, &sent.trace, &mut tell);
    let sighting = site.over("what the list says", look).await?;
    found(&mut landed, sent.change, made, sighting, (error, end));
    Ok(landed)
}

/// What the list says of a lost write.
fn found(
    landed: &mut Landed,
    mut change: Change,
    made: &[Made],
    sighting: Sighting,
    (error, end): (ApiError, End),
) {
    landed.end = end;
    match (change.verb, sighting) {
        (Verb::Create, Sighting::Exists(id, rows)) => {
            landed.id = Some(id);
            landed.rows = Some(rows);
            let needs = shows_a_secret(&change, made);
            let ours = change.take_chosen();
            landed.secret = ours.or_else(|| own_secret(&change, made));
            landed.end = if needs && landed.secret.is_none() {
                landed.why = vec![match landed.raw {
                    Some(_) => sentence(&error),
                    None => {
                        "The answer was lost, and the secret with it: nobody holds it.".to_owned()
                    }
                }];
                End::Unreadable
            } else {
                End::Done
            };
        }
        (Verb::Update, Sighting::Same) | (Verb::Delete, Sighting::Absent) => {
            landed.end = End::Done;
        }
        // A repeated write was refused as what was done already; it was not.
        (Verb::Create, Sighting::Absent) if end == End::NotDone => landed.why = reasons(&error),
        (verb, sighting) => {
            if end == End::NotDone {
                landed.end = End::Unknown;
            }
            landed.why = vec![sentence(&error), untold(&change, verb, &sighting)];
            if verb == Verb::Create {
                let ours = change.take_chosen();
                landed.secret = ours.or_else(|| own_secret(&change, made));
            }
        }
    }
}

/// What was seen where that settles nothing.
fn untold(change: &Change, verb: Verb, sighting: &Sighting) -> String {
    let noun = &change.resource.noun;
    match (verb, sighting) {
        (_, Sighting::Unclear(why)) => format!(
            "It could not be found out: {}.",
            why.to_string().trim_end_matches('.')
        ),
        (_, Sighting::Several(ids)) => {
            let ids: Vec<_> = ids.iter().map(shown).collect();
            format!("Several new keys look like it: {}.", ids.join(", "))
        }
        (Verb::Create, _) => format!("The {noun} is not in the list; it may still arrive."),
        (Verb::Update, Sighting::Absent) => format!("The {noun} is not there any more."),
        (Verb::Update | Verb::Act(_), _) => {
            format!("The {noun} is as it was before; the change may still arrive.")
        }
        (Verb::Delete | Verb::Rotate, _) => {
            format!("The {noun} is still in the list; its deletion may still arrive.")
        }
    }
}

/// The answer, or keyrack itself, has a secret that somebody must get.
fn shows_a_secret(change: &Change, made: &[Made]) -> bool {
    let op = match change.verb {
        Verb::Create => change.resource.create.as_ref(),
        Verb::Rotate => change.resource.rotate.as_ref(),
        Verb::Update | Verb::Delete | Verb::Act(_) => None,
    };
    !made.is_empty() || op.is_some_and(|op| op.secret.is_some())
}

/// The secret that was made here for a change.
fn own_secret(change: &Change, made: &[Made]) -> Option<Secret> {
    made.first()?.secret(change).map(Secret::again)
}

/// Why a write was not done: the service's words, those for single fields, and what to do.
fn reasons(error: &ApiError) -> Vec<String> {
    let said = error.to_string();
    let fields = error.fields().into_iter().flatten();
    let fields = fields.filter(|(_, why)| !said.contains(why.as_str()));
    let fields = fields.map(|(field, why)| format!("{field}: {}.", why.trim_end_matches('.')));
    std::iter::once(sentence(error))
        .chain(fields)
        .chain(Some(error.next_step().to_owned()))
        .collect()
}
