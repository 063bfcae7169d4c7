//! Where a rotation of an earlier run stands: what the journal says, and what the list says of a write of
//! which the journal knows no end. Nothing is sent here.

use super::{Failure, Listed, Resume};
use crate::{
    api::trace::{Sighting, Trace},
    app::{
        rotation::steps::{Step, Way},
        waiting::trace_of,
    },
    cli::output,
    intent,
    journal::{self, EntryId, Event, Next, Stage},
    manifest::Verb,
    record::{KeyId, Text},
    walk::Key,
};

/// Where a rotation stands, once it is known what came of its last write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// The new one has to be made; once more, where an earlier try is not in the list.
    Make {
        again: bool,
    },
    /// The new secret was made and nobody has it.
    Lost,
    /// The new key has to be tried.
    Prove,
    HandOver,
    /// The old key has to be deleted; once more, where an earlier try did not take it.
    Revoke {
        again: bool,
    },
    /// The old key has to be seen to be gone.
    Dead,
}

/// What is left to do.
#[derive(Debug)]
pub(super) struct Rest {
    pub point: Point,
    pub way: Way,
    pub old: Key,
    /// The new key, where there is one.
    pub new: Option<Key>,
}

impl Rest {
    pub fn from(&self) -> Step {
        match self.point {
            Point::Make { .. } | Point::Lost => Step::Make,
            Point::Prove => Step::Prove,
            Point::HandOver => Step::HandOver,
            Point::Revoke { .. } => Step::Revoke,
            Point::Dead => Step::Dead,
        }
    }

    /// A step that is still to come.
    pub fn has(&self, step: Step) -> bool {
        let mut left = self
            .way
            .steps()
            .iter()
            .skip_while(|one| **one != self.from());
        left.any(|one| *one == step)
    }

    /// All that is still to come, as a sentence.
    pub fn words(&self, keep_old: bool) -> String {
        let steps = self.way.steps().iter().copied();
        let left = steps.skip_while(|step| *step != self.from());
        let mut words = format!("Next: {}", self.from().title(Some(self.way)));
        for step in left.skip(1) {
            match step {
                Step::HandOver | Step::Revoke | Step::Dead if keep_old => break,
                Step::Revoke => words.push_str(", then the old key is deleted"),
                Step::Dead => {}
                step => {
                    words.push_str(", then ");
                    words.push_str(step.title(Some(self.way)));
                }
            }
        }
        words.push('.');
        words
    }

    /// The new key that is deleted first, for nobody has its secret.
    pub fn drops(&self) -> Option<&Key> {
        let lost = self.point == Point::Lost && self.way != Way::Regenerate;
        self.new.as_ref().filter(|_| lost)
    }
}

impl Resume<'_> {
    /// Where the journal says that it stands, and the id of the new key, if there is one.
    pub(super) async fn point(&self, way: Way) -> Result<(Point, Option<KeyId>), Failure> {
        let made = self.left.entry.key();
        let made = made.map(|id| self.site.place.id(id)).transpose()?;
        let point = match self.left.next {
            Next::Settle(write) => return self.settled(way, write, made).await,
            Next::Create => Point::Make { again: false },
            Next::Deliver if self.has_secret(way) => Point::Lost,
            Next::Deliver | Next::Verify => Point::Prove,
            Next::HandOver => Point::HandOver,
            Next::Revoke => Point::Revoke { again: false },
            Next::CheckDead => Point::Dead,
        };
        Ok((point, made))
    }

    /// The rotation's secret is made by the service, or was made here.
    fn has_secret(&self, way: Way) -> bool {
        let resource = &self.site.place.resource;
        let op = match way {
            Way::Regenerate => resource.rotate.as_ref(),
            Way::CreateFirst | Way::DeleteFirst => resource.create.as_ref(),
        };
        op.is_some_and(|op| op.secret.is_some()) || self.left.rotation.sink.is_some()
    }

    /// Looks for the last write, of which nothing is known, and says where that leads.
    async fn settled(
        &self,
        way: Way,
        write: EntryId,
        made: Option<KeyId>,
    ) -> Result<(Point, Option<KeyId>), Failure> {
        let (trace, sighting) = self.look(way, write).await?;
        let target = trace.target.as_ref().map(|target| target.id.as_str());
        let is_old = target == Some(&self.left.rotation.target.id);
        let point = match (trace.verb, sighting) {
            (Verb::Create, Sighting::Exists(id, _)) => {
                self.note(Stage::Created, Some(&id)).await;
                let shown = Text::new(id.as_str()).shown().into_owned();
                output::say(&format!("the new key is there, with the id {shown}"));
                let point = if self.has_secret(way) {
                    Point::Lost
                } else {
                    Point::Prove
                };
                return Ok((point, Some(id)));
            }
            (Verb::Create, Sighting::Absent) => Point::Make { again: true },
            (Verb::Delete, Sighting::Absent) if is_old => {
                self.note(Stage::Revoked, None).await;
                match way {
                    Way::DeleteFirst => Point::Make { again: false },
                    Way::CreateFirst | Way::Regenerate => Point::Dead,
                }
            }
            (Verb::Delete, Sighting::Present) if is_old => Point::Revoke { again: true },
            // A new secret takes the place of one that may be there; of a key that was to be dropped, the
            // list says whether it has to be.
            (Verb::Rotate, _) | (Verb::Delete, Sighting::Absent | Sighting::Present) => Point::Lost,
            (_, sighting) => return Err(self.unsettled(sighting)),
        };
        Ok((point, made))
    }

    /// What the last write leaves at the service, and what it was to leave.
    async fn look(&self, way: Way, write: EntryId) -> Result<(Trace, Sighting), Failure> {
        let place = self.site.place;
        let old = place.id(&self.left.rotation.target.id)?;
        let gone = (way == Way::DeleteFirst).then_some(&old);
        let write = self.left.writes.iter().find(|entry| entry.id == write);
        let trace = write.and_then(|write| {
            let intent = write.intent()?;
            Some((write, trace_of(write, intent, &place.resource).after(gone)))
        });
        let Some((write, trace)) = trace else {
            return Err(self.stays("What its last write was about cannot be read in the journal."));
        };
        let mut tell =
            |round: usize, of: usize| output::say(&format!("unknown, looking: {round} of {of}"));
        let site = intent::Site {
            client: &self.site.walk.client,
            journal: Some(&place.journal),
        };
        let sighting = intent::follow(site, Some(write.id), &trace, &mut tell).await;
        Ok((trace, sighting))
    }

    /// Why the rotation cannot go on from what was seen.
    fn unsettled(&self, sighting: Sighting) -> Failure {
        match sighting {
            Sighting::Several(ids) => {
                let ids: Vec<_> = ids
                    .iter()
                    .map(|id| Text::new(id.as_str()).shown())
                    .collect();
                self.stays(&format!(
                    "Several new keys look like what its last write made: {}. Delete those that are not.",
                    ids.join(", ")
                ))
            }
            Sighting::Unclear(why) => self.stays(&format!(
                "What came of its last write could not be found out: {}.",
                why.to_string().trim_end_matches('.')
            )),
            _ => self.stays("What came of its last write is not known."),
        }
    }

    /// What is left to do, as the list is now.
    pub(super) async fn rest(
        &self,
        way: Way,
        mut point: Point,
        made: Option<KeyId>,
        listed: &Listed,
    ) -> Result<Rest, Failure> {
        let target = &self.left.rotation.target;
        let mut old = listed.key(self.site.place.id(&target.id)?);
        if old.unknown {
            old.target.name.clone_from(&target.name);
        }
        let whole = listed.whole().is_some();
        let new = made.map(|id| listed.key(id));
        let new = new.filter(|new| !new.unknown || !whole);
        let gone = old.unknown && whole;
        if gone && matches!(point, Point::HandOver | Point::Revoke { .. }) {
            self.note(Stage::Revoked, None).await;
            point = match way {
                Way::DeleteFirst => Point::Make { again: false },
                Way::CreateFirst | Way::Regenerate => Point::Dead,
            };
        }
        Ok(Rest {
            point,
            way,
            old,
            new,
        })
    }

    async fn note(&self, stage: Stage, id: Option<&KeyId>) {
        let event = Event::Step(journal::Step {
            stage,
            id: id.map(|id| id.as_str().to_owned()),
            message: None,
        });
        intent::note(&self.site.place.journal, self.left.entry.id, event).await;
    }
}
