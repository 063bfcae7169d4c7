//! `keyrack rotate`: a key gets a new secret, or another key takes its place, in the steps that the console
//! walks with its operator. All of it is confirmed before the first step; where a step does not end well the
//! command stops, says which key lives, and how to go on.

mod adopt;
mod ending;
mod plan;
mod resume;
mod walk;

use std::sync::Arc;

use super::{
    Ended, Failure, Setting, args, block_on,
    fetch::Ready,
    output,
    remove::{at_most, reasons, tier},
    show,
    write::{
        Chosen, End, Listed, Place, Question, Report, Route, Values, Watch, confirm, now, route,
        tell, told,
    },
};
use crate::{
    api::client::Client,
    app::{
        filter::Filter,
        form::given::Sheet,
        gate::Tier,
        rotation::{
            steps::{Step, Way},
            twin,
        },
    },
    manifest::Verb,
    record::{KeyId, Rows},
};
use walk::Turn;

/// Rotates keys, or goes on with a rotation that waits.
pub(super) fn run(setting: &Setting, arguments: &args::Rotate) -> Ended {
    if let Some(id) = &arguments.resume {
        return resume::run(setting, arguments, id);
    }
    let route = route(arguments.to.as_deref(), arguments.how.json)?;
    let (Some(pane), Some(context)) = (arguments.pane, arguments.context.clone()) else {
        return Err(Failure::usage("name a pane and a context"));
    };
    let at = args::Place {
        context,
        resource: arguments.resource.clone(),
        how: arguments.how,
    };
    let place = Place::of(setting, pane, &at, None)?;
    let values = Values::of(&arguments.values)?;
    let job = Job {
        way: way(&place, arguments.mode)?,
        keep_old: arguments.keep_old,
        route,
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
        json: arguments.how.json,
    };
    let ready = place.ready(setting)?;
    block_on(turn(&place, &ready, &job, wanted))
}

/// Which keys are rotated, and how it is told.
struct Wanted {
    filter: Option<Filter>,
    id: Option<KeyId>,
    plan: bool,
    json: bool,
}

async fn turn(place: &Place, ready: &Ready, job: &Job, wanted: Wanted) -> Ended {
    let json = wanted.json;
    let client = Arc::new(place.client(ready).await?);
    let listed = place.list(&client).await?;
    let many = wanted.filter.is_some();
    let chosen: Vec<Chosen> = match (&wanted.filter, wanted.id) {
        (Some(filter), _) => listed.kept(place, filter),
        (None, id) => id.map(|id| listed.key(id)).into_iter().collect(),
    };
    if chosen.is_empty() {
        output::say("no key matches: nothing was sent");
        return tell(place, &[], true, json);
    }
    at_most(place, chosen.len())?;
    if let Some(missing) = chosen.iter().find(|key| key.row.is_none()) {
        let (resource, id) = (&place.resource, &missing.target.id);
        let why = show::missing(&place.context, resource, id, &listed.end);
        return Err(Failure::failed(why));
    }
    if wanted.plan {
        return plan::print(place, job, (&listed, &chosen), json);
    }
    for key in &chosen {
        resume::waits_not(place, client.address(), key)?;
    }
    if let Some(route) = &job.route {
        place.check(route).await?;
    }
    let site = Site {
        place,
        ready,
        client,
    };
    let (reports, broken) = job.all(&site, &listed, chosen).await?;
    let ended = tell(place, &reports, many, json);
    broken.map_or(ended, Err)
}

/// Where a rotation goes on, and by whom.
#[derive(Clone)]
struct Site<'a> {
    place: &'a Place,
    ready: &'a Ready,
    client: Arc<Client>,
}

/// What was asked for.
struct Job {
    way: Way,
    keep_old: bool,
    route: Option<Route>,
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
            Way::Regenerate if !self.values.is_empty() => refuse(
                "--set and its like are for the twin of --mode replace; a regenerated key stays as it is",
            ),
            Way::Regenerate if self.keep_old => refuse(
                "--keep-old cannot be: a regeneration ends the old secret at once; --mode replace keeps the old key where it can",
            ),
            Way::DeleteFirst if self.keep_old => refuse(
                "--keep-old cannot be: the service has room for one key of a name, so that the old one goes first",
            ),
            _ => {
                let empty = Rows::new(place.resource.clone());
                self.values.check(&Sheet::new(Verb::Create, empty, now()))?;
                let several = arguments.filter.is_some() && !arguments.plan;
                match &self.route {
                    Some(route) if several && !route.takes_several() => refuse(
                        "several keys have several secrets, which one file, variable, clipboard or output cannot keep apart; --to cmd:NAME takes one after the other",
                    ),
                    _ => Ok(()),
                }
            }
        }
    }

    /// The form of the twin, filled in; none where the key stays.
    async fn sheet(
        &self,
        site: &Site<'_>,
        listed: &Listed,
        row: &Rows,
        key: &Chosen,
    ) -> Result<Option<Sheet>, Failure> {
        if self.way == Way::Regenerate {
            return Ok(None);
        }
        if let Some(why) = row.bad(0) {
            return Err(Failure::failed(format!(
                "{} cannot be copied, for its row cannot be read: {why}. Nothing was sent",
                site.place.key(&key.target.name)
            )));
        }
        let mut base = Rows::new(site.place.resource.clone());
        base.push_record(row.record(0));
        let mut sheet = Sheet::new(Verb::Create, base, now());
        self.values.fill(&mut sheet, site.ready.resolver()).await?;
        if self.way == Way::CreateFirst {
            sheet.rename(&twin_name(site.place, listed, key));
        }
        Ok(Some(sheet))
    }

    /// `--to` is there exactly when a secret is made.
    fn wants_route(&self, place: &Place, sheet: Option<&Sheet>) -> Result<(), Failure> {
        let op = match self.way {
            Way::Regenerate => place.resource.rotate.as_ref(),
            _ => place.resource.create.as_ref(),
        };
        let answers = op.is_some_and(|op| op.secret.is_some());
        let chosen = sheet.is_some_and(Sheet::chosen);
        let makes = sheet.is_some_and(|sheet| !sheet.made().is_empty()) || (answers && !chosen);
        match &self.route {
            None if makes => Err(Failure::usage(
                "nothing was sent: the new secret is told once, so say where it goes: --to file:PATH, env:PATH:NAME, cmd:NAME, clipboard or stdout",
            )),
            Some(_) if !makes && !chosen => Err(Failure::usage(
                "nothing was sent: --to has nothing to bring anywhere, for the secret is yours; leave it out",
            )),
            _ => Ok(()),
        }
    }

    /// How far rotating this key has to be confirmed.
    fn tier(&self, place: &Place, key: &Chosen) -> Tier {
        match self.way {
            Way::Regenerate => tier(place, key, Verb::Rotate),
            _ if self.keep_old => Tier::Form,
            _ => tier(place, key, Verb::Delete),
        }
    }

    /// Why it has to be confirmed, a sentence each.
    fn reasons(&self, place: &Place, key: &Chosen) -> Vec<String> {
        match self.way {
            Way::Regenerate => reasons(place, key, Verb::Rotate),
            _ if self.keep_old => Vec::new(),
            _ => reasons(place, key, Verb::Delete),
        }
    }

    /// One rotation after the other, until one does not end well.
    async fn all(
        &self,
        site: &Site<'_>,
        listed: &Listed,
        chosen: Vec<Chosen>,
    ) -> Result<(Vec<Report>, Option<Failure>), Failure> {
        let confirmed = self.ask(site.place, &chosen)?;
        let mut watch: Option<Watch> = None;
        let (mut reports, mut broken) = (Vec::new(), None);
        let mut stopped = None;
        for (at, key) in chosen.into_iter().enumerate() {
            if watch.as_ref().is_some_and(Watch::interrupted) {
                stopped = Some("the end was asked for");
            }
            if let Some(why) = stopped {
                let key = (&key, why);
                reports.push(untouched(site.place, key));
                continue;
            }
            let fresh = match at {
                0 => None,
                _ => Some(site.place.list(&site.client).await?),
            };
            let list = fresh.as_ref().unwrap_or(listed);
            let turned = self.one(site, list, &key, confirmed, &mut watch).await;
            let report = match turned {
                Ok(report) => report,
                Err(failure) if at == 0 => return Err(failure),
                Err(failure) => {
                    broken = Some(failure);
                    stopped = Some("the one before was broken off");
                    continue;
                }
            };
            output::say(&report.message);
            if report.end != End::Done || report.partial {
                stopped = Some("the one before did not end well");
            }
            reports.push(report);
        }
        Ok((reports, broken))
    }

    fn ask(&self, place: &Place, chosen: &[Chosen]) -> Result<Tier, Failure> {
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

    async fn one(
        &self,
        site: &Site<'_>,
        listed: &Listed,
        key: &Chosen,
        confirmed: Tier,
        watch: &mut Option<Watch>,
    ) -> Result<Report, Failure> {
        let place = site.place;
        let row = listed.row(&site.client, key).await;
        let row = row.map_err(|error| place.failed(&error))?;
        let sheet = self.sheet(site, listed, &row, key).await?;
        self.wants_route(place, sheet.as_ref())?;
        let own = (self.way == Way::DeleteFirst).then_some(&key.target.id);
        let values = match sheet.map(|sheet| sheet.values(&listed.rows, own)) {
            Some(Err(wrong)) => {
                told(&wrong)?;
                None
            }
            Some(Ok(values)) => Some(values),
            None => None,
        };
        let mut turn = Turn {
            route: self.route.clone(),
            keep_old: self.keep_old,
            confirmed,
            sure: self.yes > 0,
            known: listed.whole(),
            values,
            row,
            ..Turn::new(site.clone(), key.clone(), self.way)
        };
        let watch = match watch {
            Some(watch) => watch,
            None => watch.insert(Watch::listen()?),
        };
        turn.walk(Step::Choose, watch).await
    }
}

/// What the twin of a key is called.
fn twin_name(place: &Place, listed: &Listed, key: &Chosen) -> String {
    let taken = |name: &str| {
        let mut rows = listed.rows.iter();
        rows.any(|row| row.name().exact() == name)
    };
    twin::name(&place.resource, &key.target.name, taken)
}

fn untouched(place: &Place, (key, why): (&Chosen, &str)) -> Report {
    let report = Report {
        end: End::NotDone,
        id: Some(key.target.id.as_str().to_owned()),
        name: Some(key.target.name.clone()),
        message: format!("untouched: {}: {why}", place.key(&key.target.name)),
        journal: None,
        partial: false,
    };
    output::say(&report.message);
    report
}
