//! One rotation from step to step. Every step that changed something is in the journal before the next one
//! begins; the old key goes only after the new one was stored and used, unless the service allows no other
//! order. A step that does not end well stops the walk, and the words say which key lives.

use std::{collections::BTreeMap, sync::Arc};

use super::{Broken, Key, Landed, Order, Sign, Site, bring, erase, keep_raw, send};
use crate::{
    api::{Change, FieldValue, Proof, Target},
    app::{
        gate::Tier,
        report::{End, Report},
        rotation::steps::{Step, Way},
    },
    deliver::Sink,
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
pub struct Turn {
    /// Where it goes on, and by whom.
    pub site: Site,
    /// The key.
    pub old: Key,
    /// How it is rotated.
    pub way: Way,
    /// Where the new secret goes.
    pub sink: Option<Sink>,
    /// It ends before the old key is deleted.
    pub keep_old: bool,
    /// How far it was confirmed.
    pub confirmed: Tier,
    /// The operator said so beforehand: a new key that cannot be tried is taken as working.
    pub sure: bool,
    /// The whole list, where it is known.
    pub known: Option<Arc<Rows>>,
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
    /// The new secret.
    pub secret: Option<Secret>,
    /// What was done.
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
    pub(super) fn new(end: End, why: impl Into<String>) -> Self {
        let why = why.into();
        Self { end, why }
    }
}

impl Turn {
    /// A rotation of which nothing is done.
    #[must_use]
    pub fn new(site: Site, old: Key, way: Way) -> Self {
        Self {
            row: Rows::new(site.ground.resource.clone()),
            site,
            old,
            way,
            sink: None,
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
    /// When nothing more was sent, or it is not waited for any longer.
    pub async fn walk(&mut self, from: Step) -> Result<Report, Broken> {
        let mut at = from;
        while at != Step::Ended {
            if self.keep_old && at == Step::HandOver {
                self.note(Stage::Kept, None, None).await;
                break;
            }
            if let Err(stop) = self.step(at).await? {
                return Ok(self.stopped(at, stop).await);
            }
            self.done.push(at);
            at = self.way.after(at);
        }
        Ok(self.ended().await)
    }

    async fn step(&mut self, at: Step) -> Result<Result<(), Stop>, Broken> {
        (self.site.tell)(Sign::Step(at));
        match at {
            Step::Make | Step::Revoke if self.site.halt.asked() && !self.is_between() => {
                Ok(Err(Stop::new(End::NotDone, "The end was asked for.")))
            }
            Step::Make => {
                let made = self.make().await?;
                if made.is_ok() && self.way == Way::DeleteFirst {
                    self.done.push(at);
                    return self.store().await;
                }
                Ok(made)
            }
            Step::Store => self.store().await,
            Step::Prove => self.prove().await,
            Step::Revoke => self.revoke().await,
            Step::Dead => self.see_dead().await,
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

    pub(super) fn did(&self, step: Step) -> bool {
        self.done.contains(&step)
    }

    /// Which key lives now, as a sentence.
    pub(super) fn lives(&self) -> &'static str {
        let resource = &self.site.ground.resource;
        self.way.lives(resource, |step| self.did(step))
    }

    /// Makes the new key, or the new secret.
    async fn make(&mut self) -> Result<Result<(), Stop>, Broken> {
        let ground = &self.site.ground;
        let gone = self.did(Step::Revoke).then(|| self.old.target.id.clone());
        let (verb, target, needed) = match self.way {
            Way::Regenerate => {
                let needed = ground.tier(&self.old, Verb::Rotate);
                (Verb::Rotate, Some(self.old.target.clone()), needed)
            }
            Way::CreateFirst | Way::DeleteFirst => (Verb::Create, None, Tier::Form),
        };
        let change = Change {
            context: ground.context.clone(),
            resource: ground.resource.clone(),
            verb,
            target,
            values: self.values.take().unwrap_or_default(),
        };
        let name = change.name().to_owned();
        let sink = self.sink.as_ref().map(ToString::to_string);
        let rotation = self.rotating(&change);
        let order = Order {
            pass: self.site.ground.pass(needed, self.confirmed)?,
            change,
            known: self.known.as_deref(),
            gone,
            sink,
            rotation,
            repeat: false,
        };
        let landed = send(&self.site, order).await?;
        Ok(self.made(landed, name).await)
    }

    async fn made(&mut self, landed: Landed, name: String) -> Result<(), Stop> {
        self.entry = self.entry.or(landed.rotation);
        let why = landed.why.join(" ");
        if matches!(landed.end, End::NotDone | End::Unknown) {
            return Err(Stop::new(landed.end, why));
        }
        self.write = landed.entry;
        self.new = landed.id.map(|id| Target::named(id, name));
        if let Some(rows) = landed.rows.filter(|_| self.way != Way::Regenerate) {
            self.row = rows;
        }
        self.secret = landed.secret.filter(|_| landed.end == End::Done);
        if let Some(secret) = &self.secret {
            (self.site.tell)(Sign::Made {
                label: self.site.ground.key(&self.name()),
                entry: self.write,
                secret: secret.again(),
            });
        }
        let id = self.new.as_ref().map(|new| new.id.clone());
        self.note(Stage::Created, id.as_ref(), None).await;
        if let Some(public) = landed.public {
            self.site
                .say(format!("the public half of the new key: {public}"));
        }
        if landed.end == End::Unreadable {
            let label = self.site.ground.key(&self.name());
            keep_raw(&self.site, landed.raw.as_ref(), &label, self.write);
            self.done.push(Step::Make);
            let lost = "The new one was made, and its secret is lost.";
            return Err(Stop::new(End::Unreadable, format!("{lost} {why}")));
        }
        Ok(())
    }

    /// Brings the new secret to its destination.
    async fn store(&mut self) -> Result<Result<(), Stop>, Broken> {
        let (Some(sink), Some(secret)) = (&self.sink, &self.secret) else {
            return Ok(Ok(()));
        };
        let label = self.site.ground.key(&self.name());
        let about = self.site.ground.about(&self.old.target);
        if bring(&self.site, (sink, secret, Some(about)), &label, self.write).await? {
            self.note(Stage::Delivered, None, None).await;
            return Ok(Ok(()));
        }
        let end = match self.way {
            Way::CreateFirst => End::NotDone,
            Way::Regenerate | Way::DeleteFirst => End::Done,
        };
        let why = format!("The new secret did not arrive at {sink}.");
        Ok(Err(Stop::new(end, why)))
    }

    /// Tries the new key by using it.
    async fn prove(&mut self) -> Result<Result<(), Stop>, Broken> {
        let proof = match &self.secret {
            Some(secret) => {
                let row = (!self.row.is_empty()).then(|| self.row.record(0));
                let client = &self.site.client;
                let proving = client.prove(&self.site.ground.resource, secret, row);
                self.site.over("what the new key can do", proving).await?
            }
            None => Proof::Unproven {
                why: "keyrack does not hold what it could be tried with.".to_owned(),
            },
        };
        match proof {
            Proof::Alive { by } => {
                self.site.say(format!("the new key works: {by}"));
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
                self.site.say(&*why);
                self.note(Stage::Unproven, None, Some(&why)).await;
            }
        }
        Ok(match self.way {
            Way::Regenerate => self.adopt().await,
            Way::CreateFirst | Way::DeleteFirst => Ok(()),
        })
    }

    /// Deletes the old key.
    async fn revoke(&mut self) -> Result<Result<(), Stop>, Broken> {
        let old = self.old.clone();
        let landed = self.delete(&old, self.repeat).await?;
        Ok(match landed.end {
            End::Done | End::Unreadable => {
                self.note(Stage::Revoked, None, None).await;
                Ok(())
            }
            end => Err(Stop::new(end, landed.why.join(" "))),
        })
    }

    /// Deletes a key of this rotation.
    ///
    /// # Errors
    /// When nothing was sent, or it is not waited for any longer.
    pub async fn delete(&mut self, key: &Key, repeat: bool) -> Result<Landed, Broken> {
        let order = erase::order(&self.site.ground, key, Verb::Delete, self.confirmed)?;
        let order = Order {
            rotation: self.rotating(&order.change),
            repeat,
            ..order
        };
        let landed = send(&self.site, order).await?;
        self.entry = self.entry.or(landed.rotation);
        Ok(landed)
    }

    /// Looks whether the old key is gone.
    async fn see_dead(&mut self) -> Result<Result<(), Stop>, Broken> {
        let client = Arc::clone(&self.site.client);
        let looked = Box::pin(client.gone(&self.site.ground.resource, &self.old.target.id));
        Ok(match self.site.over("what the list says", looked).await? {
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
