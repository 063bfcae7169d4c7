//! A new secret goes where it was asked to go, and nowhere else: the destination is looked into before
//! anything is sent, and a secret that it does not take is handed to the place that the config keeps for that.

use super::{Failure, Place, Watch};
use crate::{
    cli::output,
    deliver::{Arrival, Channel, Content, Delivery, Receipt, Sink},
    intent,
    journal::{self, EntryId, Event},
    secret::Secret,
};

/// A destination that takes a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Route {
    sink: Sink,
}

impl Route {
    /// As it is written in the journal.
    pub fn said(&self) -> String {
        self.sink.to_string()
    }

    /// A command of the config, which may take several secrets one after the other.
    pub fn takes_several(&self) -> bool {
        matches!(self.sink, Sink::Command(_))
    }
}

/// Reads `--to`, and refuses what cannot go together.
///
/// # Errors
/// Why it cannot be used; nothing was sent.
pub(in crate::cli) fn route(to: Option<&str>, json: bool) -> Result<Option<Route>, Failure> {
    let Some(to) = to else {
        return Ok(None);
    };
    let sink: Sink = to
        .parse()
        .map_err(|why: String| Failure::usage(format!("nothing was sent: --to: {why}")))?;
    if json && sink == Sink::Stdout {
        return Err(Failure::usage(
            "nothing was sent: --to stdout and --json both want standard output, and what reads the one would get the other; choose another sink, or leave --json out",
        ));
    }
    Ok(Some(Route { sink }))
}

impl Place {
    /// Whether a destination would take a secret now.
    ///
    /// # Errors
    /// Why it would not; nothing was sent.
    pub async fn check(&self, route: &Route) -> Result<(), Failure> {
        let checked = self.courier.check(&route.sink).await;
        checked.map_err(|why| {
            Failure::usage(format!("nothing was sent: --to {}: {why}", route.said()))
        })
    }
}

/// Brings a secret to its destination; tells whether it arrived, and says where it is. The journal gets that
/// it did.
///
/// # Errors
/// When the end was asked for twice; the secret is handed over then.
pub(in crate::cli) async fn bring(
    place: &Place,
    (route, secret): (&Route, &Secret),
    label: &str,
    entry: Option<EntryId>,
    watch: &mut Watch,
) -> Result<bool, Failure> {
    let what = format!("the delivery of the secret of {label} to {}", route.said());
    let way = place.courier.deliver(&route.sink, Content::secret(secret));
    let delivery = match watch.over(&what, way).await {
        Ok(delivery) => delivery,
        Err(failure) => {
            let secrets = [(label.to_owned(), Content::secret(secret))];
            place
                .courier
                .rescue(&secrets)
                .iter()
                .for_each(|line| output::say(line));
            return Err(failure);
        }
    };
    for line in &delivery.output {
        output::say(&format!("{} says: {line}", route.said()));
    }
    let words = format!("the secret of {label}: {}", delivery.receipt);
    output::say(&words);
    if !arrived(&delivery) {
        hand_over(place, secret, label);
        return Ok(false);
    }
    if let Some(entry) = entry {
        let to = route.said();
        let event = Event::Delivered(journal::Delivery { to });
        intent::note(&place.journal, entry, event).await;
    }
    Ok(true)
}

/// An answer that cannot be read goes, as it came, to the place that the config keeps for that: the secret
/// that is lost otherwise may stand in it.
pub(in crate::cli) fn keep_raw(place: &Place, raw: Option<&Secret>, label: &str) {
    if let Some(raw) = raw {
        let label = format!("{label}, in an answer that cannot be read");
        hand_over(place, raw, &label);
    }
}

/// What nobody has said to be lost is there; bytes for a terminal are not sent by a command.
fn arrived(delivery: &Delivery) -> bool {
    match delivery.receipt.arrival() {
        Arrival::Certain => true,
        Arrival::Unknown => !matches!(delivery.receipt, Receipt::Handed(Channel::Terminal)),
        Arrival::None => false,
    }
}

/// Gives a secret that its destination did not take to the place that the config keeps for that.
fn hand_over(place: &Place, secret: &Secret, label: &str) {
    let kept = place
        .courier
        .keep(&[(label.to_owned(), Content::secret(secret))]);
    for line in kept {
        output::say(&line);
    }
}
