//! One rotation from step to step. Every step that changed something is in the journal before the next one
//! begins; the old key goes only after the new one was stored and used, unless the service allows no other
//! order. A step that does not end well stops the walk, and the words say which key lives.

use std::{collections::BTreeMap, sync::Arc};

use super::Site;
use crate::{
    api::{Change, FieldValue, Proof, Target},
    app::{
        gate::Tier,
        rotation::steps::{Step, Way},
    },
    cli::{
        Failure, output,
        remove::tier,
        write::{Chosen, End, Landed, Order, Report, Route, Watch, bring, keep_raw, send},
    },
    journal::{EntryId, Stage},
    manifest::Verb,
    record::Rows,
    secret::Secret,
};

/// One key on its way to be replaced.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is one answer of its own that was given before the first step"
)]
pub(super) struct Turn<'a> {
    pub site: Site<'a>,
    pub old: Chosen,
    pub way: Way,
    /// Where the new secret goes.
    pub route: Option<Route>,
    /// It ends before the old key is deleted.
    pub keep_old: bool,
    pub confirmed: Tier,
    /// The command line said yes: a new key that cannot be tried is taken as working.
    pub sure: bool,
    /// The whole list, where it is known.
    pub known: Option<&'a Rows>,
    /// What the new key will be.
    pub values: Option<BTreeMap<String, FieldValue>>,
    /// Where the journal has it.
    pub entry: Option<EntryId>,
    /// Writes of earlier tries, whose entries are closed with it.
    pub loose: Vec<EntryId>,
    /// The write that made the new secret.
    pub write: Option<EntryId>,
    /// The new key.
    pub new: Option<Target>,
    /// Its row; of a key that stays, its own.
    pub row: Rows,
    pub secret: Option<Secret>,
    pub done: Vec<Step>,
    /// The next deletion is sent after one whose end is not known.
    pub repeat: bool,
    /// An earlier run began it: it waits until it is at its end.
    pub resumed: bool,
    /// The operator takes a new key as working that cannot be tried any more.
    pub taken: bool,
}

/// Why a walk does not go on.
pub(super) struct Stop {
    pub end: End,
    pub why: String,
}

impl Stop {
    pub fn new(end: End, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { end, why }
    }
}

impl<'a> Turn<'a> {
    /// A rotation of which nothing is done.
    pub fn new(site: Site<'a>, old: Chosen, way: Way) -> Self {
        Self {
            row: Rows::new(site.place.resource.clone()),
            site,
            old,
            way,
            route: None,
            keep_old: false,
            confirmed: Tier::Form,
            sure: false,
            known: None,
            values: None,
            entry: None,
            loose: Vec::new(),
            write: None,
            new: None,
            secret: None,
            done: Vec::new(),
            repeat: false,
            resumed: false,
            taken: false,
        }
    }

    /// Walks from a step to the end, or until one does not end well.
    ///
    /// # Errors
    /// When the journal cannot be written, or the end was asked for twice.
    pub async fn walk(&mut self, from: Step, watch: &mut Watch) -> Result<Report, Failure> {
        let mut at = from;
        while at != Step::Ended {
            if self.keep_old && at == Step::HandOver {
                self.note(Stage::Kept, None, None).await;
                break;
            }
            if let Err(stop) = self.step(at, watch).await? {
                return Ok(self.stopped(at, stop).await);
            }
            self.done.push(at);
            at = self.way.after(at);
        }
        Ok(self.ended().await)
    }

    async fn step(&mut self, at: Step, watch: &mut Watch) -> Result<Result<(), Stop>, Failure> {
        match at {
            Step::Make | Step::Revoke if watch.interrupted() && !self.is_between() => {
                Ok(Err(Stop::new(End::NotDone, "The end was asked for.")))
            }
            Step::Make => {
                let made = self.make(watch).await?;
                if made.is_ok() && self.way == Way::DeleteFirst {
                    self.done.push(at);
                    return self.store(watch).await;
                }
                Ok(made)
            }
            Step::Store => self.store(watch).await,
            Step::Prove => self.prove(watch).await,
            Step::Revoke => self.revoke(watch).await,
            Step::Dead => self.see_dead(watch).await,
            Step::HandOver => {
                self.note(Stage::HandedOver, None, None).await;
                Ok(Ok(()))
            }
            Step::Choose | Step::Destination | Step::Fill | Step::Ended => Ok(Ok(())),
        }
    }

    /// The old key is gone and the new one is not there: nobody stops here who can go on.
    fn is_between(&self) -> bool {
        self.did(Step::Revoke) && !self.did(Step::Make)
    }

    pub fn did(&self, step: Step) -> bool {
        self.done.contains(&step)
    }

    /// Which key lives now, as a sentence.
    pub fn lives(&self) -> &'static str {
        self.way.lives(|step| self.did(step))
    }

    /// Makes the new key, or the new secret.
    async fn make(&mut self, watch: &mut Watch) -> Result<Result<(), Stop>, Failure> {
        let place = self.site.place;
        let gone = self.did(Step::Revoke).then(|| self.old.target.id.clone());
        let (verb, target, needed) = match self.way {
            Way::Regenerate => {
                let needed = tier(place, &self.old, Verb::Rotate);
                (Verb::Rotate, Some(self.old.target.clone()), needed)
            }
            Way::CreateFirst | Way::DeleteFirst => (Verb::Create, None, Tier::Form),
        };
        let change = Change {
            context: place.name().clone(),
            resource: place.resource.clone(),
            verb,
            target,
            values: self.values.take().unwrap_or_default(),
        };
        let name = crate::cli::write::name_of(&change);
        let sink = self.route.as_ref().map(Route::said);
        let rotation = self.rotating(&change);
        let order = Order {
            pass: place.pass(needed, self.confirmed)?,
            change,
            known: self.known,
            gone,
            sink,
            rotation,
            repeat: false,
        };
        let landed = send(place, &self.site.client, order, watch).await?;
        Ok(self.made(landed, name).await)
    }

    async fn made(&mut self, landed: Landed, name: String) -> Result<(), Stop> {
        self.entry = self.entry.or(landed.rotation);
        let why = landed.why.join(" ");
        if matches!(landed.end, End::NotDone | End::Unknown) {
            return Err(Stop::new(landed.end, why));
        }
        self.write = landed.entry;
        self.new = landed.id.map(|id| Target { id, name });
        if let Some(rows) = landed.rows.filter(|_| self.way != Way::Regenerate) {
            self.row = rows;
        }
        self.secret = landed.secret;
        let id = self.new.as_ref().map(|new| new.id.clone());
        self.note(Stage::Created, id.as_ref(), None).await;
        if let Some(public) = landed.public {
            output::say(&format!("the public half of the new key: {public}"));
        }
        if landed.end == End::Unreadable {
            let label = self.site.place.key(&self.name());
            keep_raw(self.site.place, landed.raw.as_ref(), &label);
            self.done.push(Step::Make);
            let lost = "The new one was made, and its secret is lost.";
            return Err(Stop::new(End::Unreadable, format!("{lost} {why}")));
        }
        Ok(())
    }

    /// Brings the new secret to its destination.
    async fn store(&mut self, watch: &mut Watch) -> Result<Result<(), Stop>, Failure> {
        let (Some(route), Some(secret)) = (&self.route, &self.secret) else {
            return Ok(Ok(()));
        };
        let label = self.site.place.key(&self.name());
        let goes = (route, secret);
        if bring(self.site.place, goes, &label, self.write, watch).await? {
            self.note(Stage::Delivered, None, None).await;
            return Ok(Ok(()));
        }
        let end = match self.way {
            Way::CreateFirst => End::NotDone,
            Way::Regenerate | Way::DeleteFirst => End::Done,
        };
        let why = format!("The new secret did not arrive at {}.", route.said());
        Ok(Err(Stop::new(end, why)))
    }

    /// Tries the new key by using it.
    async fn prove(&mut self, watch: &mut Watch) -> Result<Result<(), Stop>, Failure> {
        let proof = match &self.secret {
            Some(secret) => {
                let row = (!self.row.is_empty()).then(|| self.row.record(0));
                let client = &self.site.client;
                let proving = client.prove(&self.site.place.resource, secret, row);
                watch.over("what the new key can do", proving).await?
            }
            None => Proof::Unproven {
                why: "keyrack does not hold what it could be tried with.".to_owned(),
            },
        };
        match proof {
            Proof::Alive { by } => {
                output::say(&format!("the new key works: {by}"));
                self.note(Stage::Verified, None, Some(&by)).await;
                return Ok(self.adopt().await);
            }
            Proof::Dead { why } => {
                let why = format!("The new key does not work: {}.", why.trim_end_matches('.'));
                return Ok(Err(Stop::new(End::NotDone, why)));
            }
            Proof::Unproven { why } => {
                let why = format!("That the new key works is not proved: {why}");
                let gates = self.way == Way::CreateFirst && !self.keep_old;
                if gates && !self.taken && (self.old.own || !self.sure) {
                    return Ok(Err(Stop::new(End::NotDone, why)));
                }
                output::say(&why);
                self.note(Stage::Unproven, None, Some(&why)).await;
            }
        }
        Ok(match self.way {
            Way::Regenerate => self.adopt().await,
            Way::CreateFirst | Way::DeleteFirst => Ok(()),
        })
    }

    /// Deletes the old key.
    async fn revoke(&mut self, watch: &mut Watch) -> Result<Result<(), Stop>, Failure> {
        let old = self.old.clone();
        let landed = self.delete(&old, self.repeat, watch).await?;
        Ok(match landed.end {
            End::Done | End::Unreadable => {
                self.note(Stage::Revoked, None, None).await;
                Ok(())
            }
            end => Err(Stop::new(end, landed.why.join(" "))),
        })
    }

    /// Deletes a key of this rotation.
    pub async fn delete(
        &mut self,
        key: &Chosen,
        repeat: bool,
        watch: &mut Watch,
    ) -> Result<Landed, Failure> {
        let place = self.site.place;
        let change = Change {
            context: place.name().clone(),
            resource: place.resource.clone(),
            verb: Verb::Delete,
            target: Some(key.target.clone()),
            values: BTreeMap::new(),
        };
        let rotation = self.rotating(&change);
        let order = Order {
            pass: place.pass(tier(place, key, Verb::Delete), self.confirmed)?,
            change,
            known: None,
            gone: None,
            sink: None,
            rotation,
            repeat,
        };
        let landed = send(place, &self.site.client, order, watch).await?;
        self.entry = self.entry.or(landed.rotation);
        Ok(landed)
    }

    /// Looks whether the old key is gone.
    async fn see_dead(&mut self, watch: &mut Watch) -> Result<Result<(), Stop>, Failure> {
        let client = Arc::clone(&self.site.client);
        let looked = client.gone(&self.site.place.resource, &self.old.target.id);
        Ok(match watch.over("what the list says", looked).await? {
            Ok(true) => {
                self.note(Stage::Dead, None, None).await;
                Ok(())
            }
            Ok(false) => Err(Stop::new(
                End::Unknown,
                "The old key was deleted, and is still in the list.",
            )),
            Err(error) => Err(Stop::new(
                End::Unknown,
                format!("The old key was deleted; whether it is gone could not be seen: {error}."),
            )),
        })
    }
}
