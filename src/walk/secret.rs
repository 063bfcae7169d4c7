//! A new secret goes where it was asked to go, and nowhere else; one that its destination does not take is
//! handed to the place that the config keeps for that.

use super::{Broken, Sign, Site};
use crate::{
    deliver::{About, Arrival, Channel, Content, Delivery, Receipt, Sink},
    journal::{self, EntryId, Event},
    secret::Secret,
};

/// Brings a secret to its destination; tells whether it arrived, and says where it is. The journal gets that
/// it did.
///
/// # Errors
/// When it is not waited for any longer; the secret is handed over then.
pub async fn bring(
    site: &Site,
    (sink, secret, about): (&Sink, &Secret, Option<About>),
    label: &str,
    entry: Option<EntryId>,
) -> Result<bool, Broken> {
    let what = format!("the delivery of the secret of {label} to {sink}");
    let content = Content::secret(secret).about(about);
    let way = site.courier.deliver(sink, content);
    let delivery = match site.over(&what, way).await {
        Ok(delivery) => delivery,
        Err(broken) => {
            for line in site.courier.rescue(&labelled(secret, label, entry)) {
                site.say(line);
            }
            return Err(broken);
        }
    };
    for line in &delivery.output {
        site.say(format!("{sink} says: {line}"));
    }
    site.say(format!("the secret of {label}: {}", delivery.receipt));
    if !arrived(&delivery) {
        hand_over(site, secret, label, entry);
        return Ok(false);
    }
    (site.tell)(Sign::Stored);
    if let Some(entry) = entry {
        let to = sink.to_string();
        let event = Event::Delivered(journal::Delivery { to });
        site.note(entry, event).await;
    }
    Ok(true)
}

/// Brings an answer that cannot be read, as it came, to the destination of the secret that may stand in it;
/// tells whether it arrived. What takes a secret for what it is, a variable or a command, is not handed it: a
/// wrong secret there is worse than none. Then, and where there is no destination, [`keep_raw`] has it.
///
/// # Errors
/// When it is not waited for any longer; the answer is handed over then.
pub async fn bring_raw(
    site: &Site,
    sink: Option<&Sink>,
    raw: &Secret,
    label: &str,
    entry: Option<EntryId>,
) -> Result<bool, Broken> {
    let takes = |sink: &&Sink| !matches!(sink, Sink::Env { .. } | Sink::Command(_));
    let Some(whole) = sink.filter(takes) else {
        if let Some(sink) = sink {
            site.say(format!(
                "{sink} does not get the answer: it would be taken for the secret"
            ));
        }
        keep_raw(site, Some(raw), label, entry);
        return Ok(false);
    };
    site.say(format!(
        "the answer goes whole to {whole}, as it came: it is no secret by itself, but the new one may stand in it"
    ));
    let label = in_answer(label);
    // What becomes of an answer says nothing of the secret: the journal is not told.
    bring(site, (whole, raw, None), &label, None).await
}

fn in_answer(label: &str) -> String {
    format!("{label}, in an answer that cannot be read")
}

/// An answer that cannot be read goes, as it came, to the place that the config keeps for that: the secret
/// that is lost otherwise may stand in it.
pub fn keep_raw(site: &Site, raw: Option<&Secret>, label: &str, entry: Option<EntryId>) {
    if let Some(raw) = raw {
        let label = in_answer(label);
        (site.tell)(Sign::Made {
            label: label.clone(),
            entry,
            secret: raw.again(),
        });
        // What becomes of an answer says nothing of the secret.
        hand_over(site, raw, &label, None);
    }
}

/// What nobody has said to be lost is there; bytes for a terminal are not sent by a walk.
fn arrived(delivery: &Delivery) -> bool {
    match delivery.receipt.arrival() {
        Arrival::Certain => true,
        Arrival::Unknown => !matches!(delivery.receipt, Receipt::Handed(Channel::Terminal)),
        Arrival::None => false,
    }
}

/// Gives a secret that its destination did not take to the place that the config keeps for that, where nobody
/// here keeps it.
fn hand_over(site: &Site, secret: &Secret, label: &str, entry: Option<EntryId>) {
    if site.keeps {
        return;
    }
    let kept = site.courier.keep(&labelled(secret, label, entry));
    let (lines, held) = match kept {
        Ok(lines) => (lines, true),
        Err(lines) => (lines, false),
    };
    for line in lines {
        site.say(line);
    }
    if held {
        (site.tell)(Sign::Stored);
    }
}

/// A secret as it is handed over: with its write, so that a rotation goes on once it was stored.
fn labelled(secret: &Secret, label: &str, entry: Option<EntryId>) -> [(String, Content); 1] {
    let content = Content::secret(secret).of(entry.map(|entry| entry.to_string()));
    [(label.to_owned(), content)]
}
