//! The tasks of a bulk: each row is walked to its known end by [`walk`], and what happens on the way is told
//! to the console. None of them is ever given up.

use std::{io::Write as _, path::Path, sync::Arc};

use futures_util::future::BoxFuture;
use tokio::sync::mpsc::UnboundedSender;

use super::{Mail, Tasks, post};
use crate::{
    api::ApiError,
    app::{
        CallId, ContextId, Effect, Msg,
        bulk::{News, Walk, plan::Does},
        report::{End, Report},
        screen::reason,
    },
    deliver::{Pattern, Sink, make_file},
    record::Rows,
    secret::Secret,
    walk::{self, Adopted, Broken, Decided, Ground, Halt, Key, Listed, Sign, SignIn, Site},
};

impl Tasks {
    /// Starts what a bulk asks for.
    pub(super) fn start_walk(&self, effect: Effect) {
        match effect {
            Effect::Walk {
                call,
                context,
                walk,
            } => self.walk(call, context, *walk),
            Effect::SaveText { call, path, text } => self.save_text(call, &path, text),
            other => self.start_delivery(other),
        }
    }

    /// Walks one row.
    fn walk(&self, call: CallId, context: ContextId, walk: Walk) {
        let (connections, sender) = (Arc::clone(&self.connections), self.sender.clone());
        let (journal, courier) = (self.journal.clone(), Arc::clone(&self.courier));
        let (watcher, target) = (self.sender.clone(), walk.target.clone());
        let walking = tokio::spawn(async move {
            let client = match connections.client(context).await {
                Ok(client) => client,
                Err(error) => {
                    let report = unsent(&walk, &error);
                    return post(&sender, Msg::Walked { call, report });
                }
            };
            let site = Site {
                ground: ground(&walk),
                client,
                journal,
                courier,
                sign_in: Arc::new(Stays),
                tell: teller(call, sender.clone()),
                halt: Halt::default(),
                keeps: true,
            };
            let ended = one(&site, &walk).await;
            let report = ended.unwrap_or_else(|broken| broken.report(&walk.target));
            post(&sender, Msg::Walked { call, report });
        });
        // A panic in it must not leave a row on its way for ever.
        tokio::spawn(async move {
            if walking.await.is_err() {
                let why = "keyrack failed within; this is a defect of keyrack. keyrack log shows what was sent.";
                let report = walk::report(&target, End::Unknown, why.to_owned());
                post(&watcher, Msg::Walked { call, report });
            }
        });
    }

    /// Writes a text into a new file that only its owner may read.
    fn save_text(&self, call: CallId, path: &str, text: String) {
        let sender = self.sender.clone();
        let path = self.connections.resolver().path(Path::new(path));
        tokio::task::spawn_blocking(move || {
            let shown = path.display().to_string();
            let made = make_file(&path, "a part of it is left", |file| {
                file.write_all(text.as_bytes())?;
                file.sync_all()
            });
            let result = made.map(|()| shown).map_err(|why| format!("{why}."));
            post(&sender, Msg::Saved { call, result });
        });
    }
}

/// What is told of a row of which nothing was sent.
pub(super) fn unsent(walk: &Walk, error: &ApiError) -> Report {
    let why = format!("Nothing was sent: {}. {}", reason(error), error.next_step());
    walk::report(&walk.target, End::NotDone, why)
}

fn ground(walk: &Walk) -> Ground {
    let (write, armed) = walk.write;
    Ground {
        context: Arc::clone(&walk.context),
        write,
        armed,
        arming: "press A on a key of it to allow writes for ten minutes",
        production: walk.production,
        resource: Arc::clone(&walk.resource),
    }
}

/// Tells the console what happens to a row.
fn teller(call: CallId, sender: UnboundedSender<Mail>) -> Arc<dyn Fn(Sign) + Send + Sync> {
    Arc::new(move |sign| {
        let news = match sign {
            Sign::Words(words) => News::Words(words),
            Sign::Doubted => News::Doubted,
            Sign::Looking { round, of } => News::Looking(round, of),
            Sign::Step(step) => News::Step(step),
            Sign::Made {
                label,
                entry,
                secret,
            } => News::Made {
                label,
                entry,
                secret,
            },
            Sign::Stored => News::Stored,
        };
        post(&sender, Msg::Walking { call, news });
    })
}

async fn one(site: &Site, walk: &Walk) -> Result<Report, Broken> {
    let key = Key {
        target: walk.target.clone(),
        own: walk.own,
        powerful: walk.powerful,
        unknown: false,
    };
    match &walk.does {
        Does::Rotate {
            way,
            keep_old,
            twin,
        } => {
            let decided = Decided {
                way: *way,
                keep_old: *keep_old,
                sink: sink(site, walk)?,
                confirmed: walk.confirmed,
                sure: true,
                twin: twin.clone(),
            };
            rotate(site, &decided, &key).await
        }
        _ => walk::delete(site, &key, None, walk.confirmed, walk.repeat).await,
    }
}

/// Where the new secret of a row goes.
fn sink(site: &Site, walk: &Walk) -> Result<Option<Sink>, Broken> {
    let Some(text) = &walk.sink else {
        return Ok(None);
    };
    let pattern = text.parse::<Pattern>();
    let sink = pattern.and_then(|pattern| pattern.fill(&site.ground.about(&walk.target)));
    sink.map(Some)
        .map_err(|why| Broken::Unsent(format!("Nothing was sent: {why}.")))
}

async fn rotate(site: &Site, decided: &Decided, key: &Key) -> Result<Report, Broken> {
    let unfit = |why: &str| {
        walk::report(
            &key.target,
            End::NotDone,
            format!("Nothing was sent: {why}"),
        )
    };
    let listed = match Listed::read(&site.client, &site.ground.resource).await {
        Ok(listed) => listed,
        Err(error) => return Ok(unfit(&format!("{error}."))),
    };
    match decided.plain(site, &listed, key).await {
        Ok(job) => walk::rotate(site, job, key).await,
        Err(why) => Ok(unfit(&why)),
    }
}

/// A bulk leaves out the key that its context signs in with.
struct Stays;

impl SignIn for Stays {
    fn adopt<'a>(&'a self, _: &'a Rows, _: &'a Secret) -> BoxFuture<'a, Adopted> {
        Box::pin(async {
            Adopted {
                words: Vec::new(),
                client: Err("A bulk does not rotate the key that is signed in with.".to_owned()),
            }
        })
    }
}
