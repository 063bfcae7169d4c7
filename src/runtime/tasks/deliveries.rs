//! The tasks that bring a secret or a text to its destination, and say what came of it.

use std::sync::{Arc, PoisonError};

use super::{Mail, Tasks, post};
use crate::{
    api::Target,
    app::{
        CallId, Effect, Msg,
        flight::{capital, stopped},
        reveal,
    },
    deliver::{
        About, Arrival, Channel, Content, Courier, Delivery, Pattern, Receipt, Rescued, Sink,
    },
    record::Text,
};

/// What is brought to a destination.
enum Brought {
    /// The secret of this write.
    Secret(CallId),
    /// A text that is not secret, and what it is.
    Text(String),
}

impl Tasks {
    /// Starts what a secret on its way asks for.
    pub(super) fn start_delivery(&self, effect: Effect) {
        match effect {
            Effect::CheckSink { call, sink } => self.check_sink(call, sink),
            Effect::CheckSinks { call, sink, keys } => self.check_sinks(call, sink, keys),
            Effect::Extend { call } => self.extend(call),
            Effect::FindRescued => self.find_rescued(),
            Effect::EraseRescued(at) => self.erase_rescued(at),
            // The rest is for whoever has the model or a screen.
            _ => {}
        }
    }

    /// Copies a text that is not secret; `what` says what it is.
    pub fn copy(&self, what: String, text: &str) {
        self.bring(Sink::Clipboard, Content::text(text), Brought::Text(what));
    }

    /// Brings a secret to a destination, as it was typed.
    pub fn deliver(&self, sink: &str, content: Content, call: CallId) {
        match sink.parse() {
            Ok(sink) => self.bring(sink, content, Brought::Secret(call)),
            Err(why) => post(&self.sender, Msg::Delivered(nowhere(&why, call))),
        }
    }

    fn bring(&self, sink: Sink, content: Content, brought: Brought) {
        let (courier, sender) = (Arc::clone(&self.courier), self.sender.clone());
        tokio::spawn(async move {
            let delivery = courier.deliver(&sink, content).await;
            let receipt = match brought {
                Brought::Secret(call) => receipt(&delivery, Some(call)),
                Brought::Text(what) => {
                    let receipt = receipt(&delivery, None);
                    let words = format!("{what}: {}", receipt.words);
                    reveal::Receipt { words, ..receipt }
                }
            };
            let mail = match delivery.for_terminal {
                Some(bytes) => Mail::Terminal(bytes, receipt),
                None => Mail::Msg(Box::new(Msg::Delivered(receipt))),
            };
            // The loop has ended: nobody waits for the receipt.
            drop(sender.send(mail));
        });
    }

    /// Sees whether a destination would take a secret.
    fn check_sink(&self, call: CallId, sink: String) {
        let (courier, sender) = (Arc::clone(&self.courier), self.sender.clone());
        tokio::spawn(async move {
            let result = match sink.parse::<Sink>() {
                Ok(sink) => courier.check(&sink).await,
                Err(why) => Err(why),
            };
            let result = result.map_err(|why| sentence(&why));
            post(&sender, Msg::SinkChecked { call, result });
        });
    }

    /// Sees whether a destination would take a secret of each of these keys.
    fn check_sinks(&self, call: CallId, sink: String, keys: Vec<(Arc<str>, Target)>) {
        let (courier, sender) = (Arc::clone(&self.courier), self.sender.clone());
        let about = |(context, key): (Arc<str>, Target)| About {
            name: key.name,
            id: key.id.as_str().to_owned(),
            context: context.to_string(),
        };
        let keys: Vec<About> = keys.into_iter().map(about).collect();
        tokio::spawn(async move {
            let result = takes_all(&courier, &sink, &keys).await;
            let result = result.map_err(|why| sentence(&why));
            post(&sender, Msg::SinkChecked { call, result });
        });
    }

    /// Looks for secrets that an earlier run left behind, and shows them.
    fn find_rescued(&self) {
        let Some(folder) = self.environment.runtime_folder.clone() else {
            return;
        };
        let (kept, sender) = (Arc::clone(&self.rescued), self.sender.clone());
        tokio::task::spawn_blocking(move || {
            let (found, faults) = Rescued::find(&folder);
            let secrets = found.iter();
            let secrets: Vec<_> = secrets
                .map(|rescued| {
                    let entry = rescued.entry.as_ref().and_then(|id| id.parse().ok());
                    (rescued.label.clone(), entry, rescued.secret.again())
                })
                .collect();
            *kept.lock().unwrap_or_else(PoisonError::into_inner) = found;
            if !secrets.is_empty() {
                post(&sender, Msg::Rescued(secrets));
            }
            for fault in faults {
                post(&sender, Msg::Failed(sentence(&fault)));
            }
        });
    }

    /// Forgets a secret that an earlier run left behind.
    fn erase_rescued(&self, at: usize) {
        let (kept, sender) = (Arc::clone(&self.rescued), self.sender.clone());
        tokio::task::spawn_blocking(move || {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(Err(error)) = kept.get(at).map(Rescued::erase) {
                let words = format!("The file of the secret is still there: {error}.");
                post(&sender, Msg::Failed(words));
            }
        });
    }

    /// Hands over labelled secrets that nobody acknowledged; gives lines that say where they are.
    pub fn rescue(&self, secrets: &[(String, Content)]) -> Vec<String> {
        self.courier.rescue(secrets)
    }

    /// Leaves a secret on the clipboard for longer.
    fn extend(&self, call: CallId) {
        let (courier, sender) = (Arc::clone(&self.courier), self.sender.clone());
        tokio::spawn(async move {
            let receipt = match courier.extend().await {
                Ok(lease) => reveal::Receipt {
                    delivered: true,
                    words: "still on the clipboard".to_owned(),
                    lasting: false,
                    until: Some(lease.until),
                    secret: Some(call),
                },
                Err(why) => nowhere(&why, call),
            };
            post(&sender, Msg::Delivered(receipt));
        });
    }
}

/// Whether each of these keys has a place of its own there that takes a secret.
async fn takes_all(courier: &Courier, sink: &str, keys: &[About]) -> Result<(), String> {
    let sinks = sink.parse::<Pattern>()?.places(keys)?;
    for (sink, key) in sinks.iter().zip(keys) {
        courier.check_for(sink, Some(key)).await?;
    }
    Ok(())
}

fn nowhere(why: &str, call: CallId) -> reveal::Receipt {
    reveal::Receipt {
        delivered: false,
        lasting: false,
        words: Text::new(why).shown().into_owned(),
        until: None,
        secret: Some(call),
    }
}

/// What a delivery did, as the dialog of the secret says it.
fn receipt(delivery: &Delivery, secret: Option<CallId>) -> reveal::Receipt {
    let receipt = &delivery.receipt;
    let delivered = match receipt.arrival() {
        Arrival::Certain => true,
        Arrival::Unknown => !matches!(receipt, Receipt::Handed(Channel::Terminal)),
        Arrival::None => false,
    };
    let lease = match receipt {
        Receipt::Copied { lease, .. } => *lease,
        _ => None,
    };
    let mut words = match (receipt, lease) {
        (Receipt::Copied { channel, .. }, Some(_)) => {
            format!("copied to the clipboard ({channel})")
        }
        _ => receipt.to_string(),
    };
    for line in &delivery.output {
        words.push_str("; it says: ");
        words.push_str(line);
    }
    reveal::Receipt {
        delivered,
        lasting: matches!(
            receipt,
            Receipt::Stored(_) | Receipt::Set { .. } | Receipt::Taken(_)
        ),
        words,
        until: lease.map(|lease| lease.until),
        secret,
    }
}

/// Words as a sentence.
fn sentence(why: &str) -> String {
    stopped(capital(why))
}
