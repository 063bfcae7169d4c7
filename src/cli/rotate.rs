//! `keyrack rotate`: a key gets a new secret, or another key takes its place, in the steps that the console
//! walks with its operator. All of it is confirmed before the first step; after a key of which a step does not
//! end well no other is begun, and it is said which key lives and how to go on.

mod plan;
mod resume;
mod rows;

use std::sync::Arc;

use super::{
    Ended, Failure, Setting, args, block_on,
    bulk::{self, Ran, Row},
    fetch::{Ready, together},
    output,
    remove::{at_most, reasons, tier},
    show,
    write::{
        End, Form, Listed, Place, Question, Report, Values, confirm, listen, mistakes, now,
        pattern, tell, told,
    },
};
use crate::{
    app::{
        bulk::plan::{Planned, alone},
        filter::Filter,
        form::given::Sheet,
        gate::Tier,
        rotation::steps::Way,
    },
    deliver::Pattern,
    manifest::Verb,
    record::{KeyId, Rows},
    walk::{self, Broken, Decided, Key, Unfit},
};
use rows::Turning;

/// Rotates keys, or goes on with a rotation that waits.
pub(super) fn run(setting: &Setting, arguments: &args::Rotate) -> Ended {
    if let Some(id) = &arguments.resume {
        return resume::run(setting, arguments, id);
    }
    let form = Form::of(arguments.how.json, arguments.csv);
    let pattern = pattern(arguments.to.as_deref(), form)?;
    let (Some(pane), Some(context)) = (arguments.pane, arguments.context.clone()) else {
        return Err(Failure::usage("name a pane and a context"));
    };
    let at = args::Place {
        context,
        kind: arguments.kind.clone(),
        how: arguments.how,
    };
    let place = Place::of(setting, pane, &at, None)?;
    let values = Values::of(&arguments.values)?;
    let job = Job {
        way: way(&place, arguments.mode)?,
        keep_old: arguments.keep_old,
        pattern,
        values,
        yes: arguments.yes,
    };
    job.fits(&place, arguments)?;
    if !arguments.plan {
        place.open()?;
    }
    let wanted = Wanted {
        filter: match &arguments.filter {
            Some(text) => Some(place.filter(text)?),
            None => None,
        },
        id: match &arguments.id {
            Some(text) => Some(place.id(text)?),
            None => None,
        },
        plan: arguments.plan,
        form,
    };
    let ready = place.ready(setting)?;
    block_on(turn(&place, &ready, &job, wanted))
}

/// Which keys are rotated, and how it is told.
struct Wanted {
    filter: Option<Filter>,
    id: Option<KeyId>,
    plan: bool,
    form: Form,
}

async fn turn(place: &Place, ready: &Arc<Ready>, job: &Job, wanted: Wanted) -> Ended {
    let form = wanted.form;
    let client = place.client(ready).await?;
    let listed = place.list(&client).await?;
    let many = wanted.filter.is_some();
    let chosen: Vec<Key> = match (&wanted.filter, wanted.id) {
        (Some(filter), _) => listed.kept(place, filter),
        (None, id) => id.map(|id| listed.key(id)).into_iter().collect(),
    };
    if chosen.is_empty() {
        output::say("no key matches: nothing was sent");
        return tell(place, &[], true, form);
    }
    at_most(place, chosen.len())?;
    if let Some(missing) = chosen.iter().find(|key| key.unknown) {
        let (resource, id) = (&place.resource, &missing.target.id);
        let why = show::missing(&place.context, resource, id, &listed.end);
        return Err(Failure::failed(why));
    }
    let rows = rows::rows(place, job, &listed, chosen)?;
    let plan = plan::of(place, job, &rows);
    if wanted.plan {
        return plan::print(place, job, &plan, form);
    }
    job.values.are_for(rows.len())?;
    resume::wait_not(place, client.address(), rows.iter().map(|row| &row.key))?;
    for row in &rows {
        if let Some(sink) = &row.sink {
            place.check(sink, Some(&row.key.target)).await?;
        }
    }
    let site = Site {
        place,
        ready,
        walk: place.site(ready, client),
    };
    let ran = job.all(&site, &listed, (&plan, rows)).await?;
    let ended = tell(place, &ran.reports, many, form);
    ran.broken.map_or(ended, Err)
}

/// Where rotations go on, and by whom.
struct Site<'a> {
    place: &'a Place,
    ready: &'a Ready,
    walk: walk::Site,
}

/// What was asked for.
struct Job {
    way: Way,
    keep_old: bool,
    pattern: Option<Pattern>,
    values: Values,
    yes: u8,
}

/// How keys of this kind are rotated: as it was said, else in place where the service can.
///
/// # Errors
/// That they cannot.
fn way(place: &Place, mode: Option<args::Mode>) -> Result<Way, Failure> {
    let ways = Way::of(&place.resource);
    let regenerates = |way: &&Way| **way == Way::Regenerate;
    let regenerate = ways.iter().find(regenerates);
    let replace = ways.iter().find(|way| !regenerates(way));
    let found = match mode {
        Some(args::Mode::Regenerate) => regenerate,
        Some(args::Mode::Replace) => replace,
        None => regenerate.or(replace),
    };
    found.copied().ok_or_else(|| {
        let how = match (mode, ways.is_empty()) {
            (Some(args::Mode::Regenerate), false) => " in place; leave --mode out",
            (Some(args::Mode::Replace), false) => " by a twin; leave --mode out",
            _ => "",
        };
        Failure::usage(format!(
            "{} cannot rotate a key of this kind{how}: {}",
            place.context.connection.manifest.title, place.resource.title
        ))
    })
}

impl Job {
    /// What was given goes together, before anything is asked of the service.
    ///
    /// # Errors
    /// What does not.
    fn fits(&self, place: &Place, arguments: &args::Rotate) -> Result<(), Failure> {
        let refuse = |why: &str| Err(Failure::usage(format!("nothing was sent: {why}")));
        match self.way {
            Way::Regenerate if !self.values.is_empty() && !place.resource.sends(Verb::Rotate) => {
                refuse(
                    "--set and its like are for the twin of --mode replace; a regenerated key stays as it is",
                )
            }
            Way::Regenerate if self.keep_old => refuse(
                "--keep-old cannot be: a regeneration ends the old secret at once; --mode replace keeps the old key where it can",
            ),
            Way::DeleteFirst if self.keep_old => refuse(
                "--keep-old cannot be: the service has room for one key of a name, so that the old one goes first",
            ),
            _ => {
                let empty = Rows::new(place.resource.clone());
                let sheet = Sheet::new(self.way.makes_by(), empty, now());
                self.values.check(&sheet)?;
                let several = arguments.filter.is_some() && !arguments.plan;
                match &self.pattern {
                    Some(pattern) if several => pattern.tells_apart().or_else(refuse),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The form of the key that takes this one's place, or of what its service asks, filled in.
    async fn sheet(
        &self,
        site: &Site<'_>,
        row: &Rows,
        key: &Key,
    ) -> Result<Option<Sheet>, Failure> {
        let sheet = walk::copy(self.way, row).map_err(|why| {
            Failure::failed(format!(
                "{} cannot be copied, for its row cannot be read: {why}. Nothing was sent",
                site.place.key(&key.target.name)
            ))
        })?;
        let Some(mut sheet) = sheet else {
            return Ok(None);
        };
        self.values.fill(&mut sheet, site.ready.resolver()).await?;
        Ok(Some(sheet))
    }

    /// How far rotating this key has to be confirmed.
    fn tier(&self, place: &Place, key: &Key) -> Tier {
        match self.way {
            Way::Regenerate => tier(place, key, Verb::Rotate),
            _ if self.keep_old => Tier::Form,
            _ => tier(place, key, Verb::Delete),
        }
    }

    /// Why it has to be confirmed, a sentence each.
    fn reasons(&self, place: &Place, key: &Key) -> Vec<String> {
        match self.way {
            Way::Regenerate => reasons(place, key, Verb::Rotate),
            _ if self.keep_old => Vec::new(),
            _ => reasons(place, key, Verb::Delete),
        }
    }

    /// Rotates all, some at once, until one does not end well.
    async fn all(
        &self,
        site: &Site<'_>,
        listed: &Listed,
        (plan, turnings): (&[Planned], Vec<Turning>),
    ) -> Result<Ran, Failure> {
        let keys: Vec<&Key> = turnings.iter().map(|row| &row.key).collect();
        let confirmed = self.ask(site.place, &keys)?;
        let jobs = turnings.iter();
        let jobs = together(jobs.map(|row| self.one(site, listed, row, confirmed))).await;
        let named = |failure: Failure, key: &Key| match turnings.len() {
            1 => failure,
            _ => Failure {
                message: format!("{}: {}", site.place.key(&key.target.name), failure.message),
                ..failure
            },
        };
        let jobs = jobs.into_iter().zip(&keys);
        let jobs = jobs.map(|(job, key)| job.map(Some).map_err(|failure| named(failure, key)));
        let mut jobs: Vec<Option<walk::Job>> = jobs.collect::<Result<_, Failure>>()?;
        listen(&site.walk.halt)?;
        let plan: Vec<&Planned> = plan.iter().collect();
        let rows = turnings.into_iter().zip(alone(&plan));
        let row = |(row, alone): (Turning, bool)| Row {
            key: row.key,
            alone,
            skipped: None,
        };
        let rows: Vec<Row> = rows.map(row).collect();
        let turn = |at: usize, key: Key, walk: walk::Site| {
            let job = jobs.get_mut(at).and_then(Option::take);
            let anew = at > 0 && rows.get(at).is_some_and(|row| row.alone);
            async move {
                let mut job = job.ok_or_else(|| Broken::Unsent("nothing was sent".to_owned()))?;
                if anew {
                    // What those before it made is there by now.
                    let listed = Listed::read(&walk.client, &walk.ground.resource).await;
                    let listed = listed
                        .map_err(|error| Broken::Unsent(format!("nothing was sent: {error}")))?;
                    job.known = listed.whole().cloned();
                }
                Box::pin(walk::rotate(&walk, job, &key)).await
            }
        };
        Ok(bulk::run(site.place, &site.walk, &rows, true, turn).await)
    }

    fn ask(&self, place: &Place, chosen: &[&Key]) -> Result<Tier, Failure> {
        let tiers = chosen.iter().map(|key| self.tier(place, key));
        let needed = tiers.max().unwrap_or(Tier::Form);
        let question = match chosen {
            [only] => Question::of(
                format!("Rotate {}", place.key(&only.target.name)),
                std::iter::once(self.means().to_owned())
                    .chain(self.reasons(place, only))
                    .collect(),
                needed,
                &only.target,
            ),
            all => Question {
                title: format!("Rotate {} keys in {}", all.len(), place.name()),
                lines: std::iter::once(self.means().to_owned())
                    .chain(all.iter().map(|key| {
                        let reasons = self.reasons(place, key).join(" ");
                        format!("{}. {reasons}", place.key(&key.target.name))
                    }))
                    .collect(),
                needed: needed.max(Tier::Typed),
                word: (all.len().to_string(), "number of keys"),
            },
        };
        confirm(self.yes, &question)
    }

    /// What becomes of the old key.
    fn means(&self) -> &'static str {
        match self.way {
            Way::Regenerate => "The old secret stops working the moment the new one is made.",
            Way::CreateFirst if self.keep_old => "The old key stays.",
            Way::CreateFirst => "The old key is deleted once the new one is stored and works.",
            Way::DeleteFirst => "The old key is deleted first, then the new one takes its name.",
        }
    }

    /// What one rotation needs before its first step.
    async fn one(
        &self,
        site: &Site<'_>,
        listed: &Listed,
        turning: &Turning,
        confirmed: Tier,
    ) -> Result<walk::Job, Failure> {
        let (place, key) = (site.place, &turning.key);
        let row = walk::row(&site.walk, &listed.rows, key).await;
        let row = row.map_err(|error| place.failed(&error))?;
        let sheet = self.sheet(site, &row, key).await?;
        let decided = Decided {
            way: self.way,
            keep_old: self.keep_old,
            sink: turning.sink.clone(),
            confirmed,
            sure: self.yes > 0,
            twin: turning.twin.clone(),
        };
        decided.job(listed, key, row, sheet).map_err(unfit)
    }
}

/// Why a rotation cannot begin, as it is told.
fn unfit(unfit: Unfit) -> Failure {
    match unfit {
        Unfit::NoDestination => Failure::usage(
            "nothing was sent: the new secret is told once, so say where it goes: --to file:PATH, env:PATH:NAME, cmd:NAME, clipboard or stdout",
        ),
        Unfit::NoSecret => Failure::usage(
            "nothing was sent: --to has nothing to bring anywhere, for the secret is yours; leave it out",
        ),
        Unfit::Wrong(wrong) => mistakes(&wrong),
    }
}
