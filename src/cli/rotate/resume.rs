//! A rotation that an earlier run left goes on at its next step: first it is found out what came of its last
//! write, then what is left is confirmed as a whole. A secret that nobody has is made anew, never searched.

mod point;

use std::collections::BTreeMap;

use super::{
    End, Ended, Failure, Form, Listed, Place, Question, Report, Setting, Site, Values, args,
    block_on, confirm, listen, mistakes, now, pattern, reasons, tell, tier, told,
};
use crate::{
    api::FieldValue,
    app::{
        form::given::Sheet,
        gate::Tier,
        nested,
        rotation::{
            steps::{Step, Way},
            twin,
        },
    },
    cli::{PARTIAL, output, write},
    deliver::{Pattern, Sink},
    journal::{self, Entry, EntryId, JournalError, Next, Waiting, waiting},
    manifest::Verb,
    record::{Rows, Text},
    walk::{self, Key, Turn},
};
use point::{Point, Rest};

/// A rotation as the journal has it.
struct Left {
    entry: Entry,
    rotation: journal::Rotation,
    next: Next,
    /// The writes of it that wait.
    writes: Vec<Entry>,
}

/// Goes on with a rotation.
pub(super) fn run(setting: &Setting, arguments: &args::Rotate, id: &str) -> Ended {
    let form = Form::of(arguments.how.json, arguments.csv);
    let given = pattern(arguments.to.as_deref(), form)?;
    let values = Values::of(&arguments.values)?;
    let id: EntryId = id
        .parse()
        .map_err(|error: <EntryId as std::str::FromStr>::Err| Failure::usage(format!("{error}")))?;
    let entries = write::journal(setting)?.read();
    let left = find(
        &entries.map_err(|error| Failure::failed(error.to_string()))?,
        id,
    )?;
    let place = place(setting, &left.rotation, arguments.how.arm)?;
    place.open()?;
    let empty = Rows::new(place.resource.clone());
    let way = Way::read(left.rotation.mode, left.rotation.order);
    values.check(&Sheet::new(way.makes_by(), empty, now()))?;
    let stored = left.rotation.sink.as_deref();
    let pattern = match given {
        Some(given) => Some(given),
        None => pattern(stored, form)?,
    };
    let ready = place.ready(setting)?;
    // From here on no other keyrack goes on with it.
    let left = find(&place.journal.take(id).map_err(refused)?, id)?;
    block_on(async {
        let client = place.client(&ready).await?;
        let site = Site {
            place: &place,
            ready: &ready,
            walk: place.site(&ready, client),
        };
        let job = Resume {
            site,
            left,
            pattern,
            values,
            yes: arguments.yes,
        };
        let report = Box::pin(job.go_on()).await?;
        output::say(&report.message);
        tell(&place, &[report], false, form)
    })
}

/// The waiting rotation of this id.
fn find(entries: &[Entry], id: EntryId) -> Result<Left, Failure> {
    let all = waiting(entries);
    let found = all.iter().find(|(entry, _)| entry.id == id);
    if let Some(began) = found.and_then(|(entry, _)| entry.held) {
        return Err(refused(JournalError::Held { began }));
    }
    match found {
        Some((entry, Waiting::Rotation { next })) => {
            let rotation = entry.rotation().cloned().unwrap_or_default();
            let of_it = |write: &&Entry| {
                let intent = write.intent();
                intent.is_some_and(|it| it.rotation == Some(id)) && write.open().is_some()
            };
            Ok(Left {
                entry: (*entry).clone(),
                rotation,
                next: *next,
                writes: entries.iter().filter(of_it).cloned().collect(),
            })
        }
        Some(_) => Err(Failure::usage(format!(
            "{id} is no rotation but a single write; keyrack log says what it waits for"
        ))),
        None => Err(Failure::usage(format!(
            "no rotation waits under {id}; keyrack log shows those that do"
        ))),
    }
}

/// No rotation of these keys waits that would be forgotten over another one.
///
/// # Errors
/// How to go on with the one that waits.
pub(super) fn wait_not<'a>(
    place: &Place,
    origin: &str,
    mut keys: impl Iterator<Item = &'a Key>,
) -> Result<(), Failure> {
    let entries = place.journal.read();
    let entries = entries.map_err(|error| Failure::failed(error.to_string()))?;
    keys.try_for_each(|key| waits_not(place, origin, &entries, key))
}

fn waits_not(place: &Place, origin: &str, entries: &[Entry], key: &Key) -> Result<(), Failure> {
    let resource = &place.resource;
    let at = journal::Place {
        context: place.name(),
        origin,
        resource: &resource.id,
        parent: resource.within.as_ref().map(|row| &*row.id),
    };
    let waits = journal::rotations_of(entries, at, key.target.id.as_str());
    match waits.last() {
        None => Ok(()),
        Some(Entry {
            held: Some(began), ..
        }) => Err(refused(JournalError::Held { began: *began })),
        Some(entry) => Err(Failure::usage(format!(
            "nothing was sent: a rotation of {} waits already; go on with: keyrack rotate --resume {}",
            place.key(&key.target.name),
            entry.id
        ))),
    }
}

/// Why the journal does not let it go on.
fn refused(error: JournalError) -> Failure {
    match error {
        JournalError::Held { .. } => Failure::usage(format!("nothing was sent: {error}")),
        error => Failure::failed(error.to_string()),
    }
}

/// Where the rotation was, as it is configured now.
fn place(setting: &Setting, begun: &journal::Rotation, armed: bool) -> Result<Place, Failure> {
    let config = setting.contexts()?;
    let context = config.named(&begun.context)?;
    let context = context.filter(|context| {
        let url = context.connection.url.as_str();
        url.trim_end_matches('/') == begun.origin
    });
    let found = context.and_then(|context| {
        let manifest = &context.connection.manifest;
        let resource = nested::find(manifest, &begun.resource, begun.parent.as_ref())?;
        Some((context.clone(), resource))
    });
    let Some((context, resource)) = found else {
        return Err(Failure::usage(format!(
            "nothing was sent: the context {} at {} is not configured here",
            Text::new(&begun.context).shown(),
            Text::new(&begun.origin).shown()
        )));
    };
    Place::at(setting, config, context, resource, armed)
}

/// What is given to go on with.
struct Resume<'a> {
    site: Site<'a>,
    left: Left,
    pattern: Option<Pattern>,
    values: Values,
    yes: u8,
}

impl Resume<'_> {
    async fn go_on(self) -> Result<Report, Failure> {
        let place = self.site.place;
        let way = Way::read(self.left.rotation.mode, self.left.rotation.order);
        let (point, made) = self.point(way).await?;
        let listed = place.list(&self.site.walk.client).await?;
        let rest = self.rest(way, point, made, &listed).await?;
        let values = self.new_values(&rest, &listed).await?;
        let confirmed = self.ask(&rest)?;
        let mut turn = Turn {
            sink: self.sink(&rest.old)?,
            keep_old: self.left.rotation.keep_old,
            confirmed,
            sure: self.yes > 0,
            known: listed.whole().cloned(),
            values,
            entry: Some(self.left.entry.id),
            loose: self.left.writes.iter().map(|write| write.id).collect(),
            new: rest.new.as_ref().map(|new| new.target.clone()),
            row: row(
                place,
                &listed,
                match way {
                    Way::Regenerate => Some(&rest.old),
                    Way::CreateFirst | Way::DeleteFirst => rest.new.as_ref(),
                },
            ),
            repeat: rest.point == Point::Revoke { again: true },
            resumed: true,
            taken: rest.point == Point::Prove,
            ..Turn::new(self.site.walk.clone(), rest.old.clone(), way)
        };
        let before = way.steps().iter().take_while(|step| **step != rest.from());
        turn.done.extend(before.copied());
        if rest.point == Point::Lost && way == Way::Regenerate {
            // The old secret is dead already.
            turn.done.push(Step::Make);
        }
        listen(&self.site.walk.halt)?;
        if let Some(new) = rest.drops() {
            let landed = turn.delete(new, true).await?;
            if landed.end != End::Done {
                return Err(self.stays(&format!(
                    "{}, whose secret is lost, was not deleted: {}",
                    place.key(&new.target.name),
                    landed.why.join(" ")
                )));
            }
            turn.loose.extend(landed.entry);
            turn.new = None;
        }
        Ok(turn.walk(rest.from()).await?)
    }

    /// Nothing more was done, and the rotation waits as before.
    fn stays(&self, why: &str) -> Failure {
        Failure {
            code: PARTIAL,
            message: format!(
                "{why} Go on with: keyrack rotate --resume {}",
                self.left.entry.id
            ),
        }
    }

    /// The values of the new key: those that the journal kept, else those of the old key, and what is given.
    async fn new_values(
        &self,
        rest: &Rest,
        listed: &Listed,
    ) -> Result<Option<BTreeMap<String, FieldValue>>, Failure> {
        let place = self.site.place;
        let resource = &place.resource;
        if !rest.has(Step::Make) {
            return Ok(None);
        }
        if rest.way == Way::Regenerate {
            self.checked(true, &rest.old).await?;
            let none = Rows::new(resource.clone());
            let asks = walk::copy(rest.way, &none).map_err(Failure::failed)?;
            let Some(mut sheet) = asks else {
                return Ok(None);
            };
            self.values
                .fill(&mut sheet, self.site.ready.resolver())
                .await?;
            let filled = sheet.values(&listed.rows, None);
            return filled.map(Some).map_err(|wrong| mistakes(&wrong));
        }
        let changed = &self.left.rotation.changed;
        let mut base = Rows::new(resource.clone());
        if changed.is_empty() && !rest.old.unknown {
            let row = walk::row(&self.site.walk, &listed.rows, &rest.old).await;
            base = row.map_err(|error| place.failed(&error))?;
        }
        let mut sheet = Sheet::new(Verb::Create, base, now());
        told(&sheet.kept(changed))?;
        self.values
            .fill(&mut sheet, self.site.ready.resolver())
            .await?;
        match rest.way {
            Way::CreateFirst if changed.is_empty() => {
                sheet.rename(&walk::twin_name(
                    &listed.rows,
                    &rest.old.target.name,
                    |_| false,
                ));
            }
            Way::DeleteFirst if changed.is_empty() => sheet.rename(&rest.old.target.name),
            _ => {}
        }
        let makes = twin::makes_secret(resource, rest.way, Some(&sheet));
        self.checked(makes, &rest.old).await?;
        // What it was called before, and is deleted now, is no other key's name.
        let own = match rest.way {
            Way::DeleteFirst => Some(&rest.old.target.id),
            _ => rest.drops().map(|new| &new.target.id),
        };
        let values = sheet.values(&listed.rows, own);
        values.map(Some).map_err(|wrong| mistakes(&wrong))
    }

    /// Where the new secret goes.
    fn sink(&self, old: &Key) -> Result<Option<Sink>, Failure> {
        let Some(pattern) = &self.pattern else {
            return Ok(None);
        };
        let sinks = self
            .site
            .place
            .sinks(pattern, std::iter::once(&old.target))?;
        Ok(sinks.into_iter().next())
    }

    /// A secret that will be made has a destination that takes it.
    async fn checked(&self, makes: bool, old: &Key) -> Result<(), Failure> {
        match self.sink(old)? {
            Some(sink) if makes => self.site.place.check(&sink, Some(&old.target)).await,
            None if makes => Err(Failure::usage(
                "nothing was sent: the new secret is told once, so say where it goes with --to SINK",
            )),
            _ => Ok(()),
        }
    }

    /// Asks about all that is left, as a whole.
    fn ask(&self, rest: &Rest) -> Result<Tier, Failure> {
        let place = self.site.place;
        let (old, way) = (&rest.old, rest.way);
        let mut needed = Tier::Form;
        let mut lines = vec![rest.words(self.left.rotation.keep_old)];
        let mut asks = |tier: Tier, line: String| {
            needed = needed.max(tier);
            lines.push(line);
        };
        match rest.point {
            Point::Lost => asks(
                Tier::Button,
                "A secret was made, and nobody has it: another one is made.".to_owned(),
            ),
            Point::Make { again: true } => asks(
                Tier::Button,
                "An earlier try is not in the list; should it arrive late, there will be two."
                    .to_owned(),
            ),
            Point::Prove if !self.left.rotation.keep_old && way == Way::CreateFirst => asks(
                Tier::Button,
                "keyrack does not hold the new secret any more and cannot try it: this takes it as working."
                    .to_owned(),
            ),
            _ => {}
        }
        if let Some(new) = rest.drops() {
            let name = place.key(&new.target.name);
            asks(
                tier(place, new, Verb::Delete),
                format!("{name} is deleted first, for nobody has its secret."),
            );
        }
        let deletes = rest.has(Step::Revoke) && !self.left.rotation.keep_old;
        let verb = match way {
            Way::Regenerate => rest.has(Step::Make).then_some(Verb::Rotate),
            Way::CreateFirst | Way::DeleteFirst => deletes.then_some(Verb::Delete),
        };
        if let Some(verb) = verb {
            asks(tier(place, old, verb), reasons(place, old, verb).join(" "));
        }
        lines.retain(|line| !line.is_empty());
        let title = format!("Go on rotating {}", place.key(&old.target.name));
        confirm(self.yes, &Question::of(title, lines, needed, &old.target))
    }
}

/// The row of a key as the list has it.
fn row(place: &Place, listed: &Listed, key: Option<&Key>) -> Rows {
    let mut rows = Rows::new(place.resource.clone());
    if let Some(row) = key.and_then(|key| listed.rows.find(&key.target.id)) {
        rows.push_record(listed.rows.record(row));
    }
    rows
}
