//! Which of a pane's rows are shown, and in which order: the view that follows from the filter and the
//! sort columns. `listing` brings the rows, `filter_line` the filter.

mod arrange;
mod sieve;
#[cfg(test)]
mod tests;

pub use arrange::{Ranked, order_of};
pub use sieve::{Sieve, ask, go_on, settle};

use super::{
    CallId, Effect, Model, Tone,
    listing::pane_of,
    pane::{Pane, Sorting},
};
use crate::manifest::Tab;
use sieve::Known;

/// A pane's rows are others than before: they are put in order and filtered again; the cursor stays on its
/// key.
pub fn rebuild_view(model: &mut Model, tab: Tab) {
    with(model, tab, |pane, known| {
        pane.forget_ranks();
        pane.arrange(known);
        (pane.loose, pane.ordered) = (false, Some(known.now));
    });
}

/// Puts the rows that came behind those shown: a long list is put in order once, when it is whole.
pub(super) fn extend_view(model: &mut Model, tab: Tab, call: CallId, before: usize) {
    with(model, tab, |pane, known| {
        let mut sources = pane.sources.iter();
        if let Some(at) = sources.position(|source| source.call == Some(call)) {
            pane.forget_ranks();
            let new: Vec<_> = pane.rows_from(at, before).collect();
            pane.extend(&new, known);
            pane.loose = true;
        }
    });
}

/// The filter of the pane in front is another one, or may be.
pub fn refilter(model: &mut Model) {
    with(model, model.active, Pane::refilter);
}

/// Puts the rows of a list that was read again behind the others, in the place of those that it had.
pub(super) fn exchange_rows(model: &mut Model, tab: Tab, source: usize) {
    with(model, tab, |pane, known| {
        pane.forget_ranks();
        let new: Vec<_> = pane.rows_from(source, 0).collect();
        pane.exchange(source, &new, known);
        pane.loose = true;
    });
}

/// Does something to the pane of a tab that needs to know what lies around it.
fn with(model: &mut Model, tab: Tab, act: impl FnOnce(&mut Pane, &Known<'_>)) {
    let (now, visible) = (model.now, model.table_rows());
    let contexts = std::mem::take(&mut model.contexts);
    let policy = std::mem::take(&mut model.policy);
    if let Some(pane) = pane_of(model, tab) {
        act(pane, &Known::new((&contexts, &policy), now, visible));
    }
    model.policy = policy;
    model.contexts = contexts;
}

/// Sorts the pane in front; without a column as its manifest says.
pub fn sort(model: &mut Model, orders: Vec<Sorting>) -> Vec<Effect> {
    model.pane_mut().order_by(orders);
    with(model, model.active, Pane::arrange);
    Vec::new()
}

/// Reverses the order of the pane in front.
pub fn reverse(model: &mut Model) -> Vec<Effect> {
    let mut orders = order_of(model.pane());
    if orders.is_empty() {
        model.say(
            Tone::Info,
            "The rows are in the service's own order: press o to choose a column.",
        );
        return Vec::new();
    }
    for order in &mut orders {
        order.descending = !order.descending;
    }
    sort(model, orders)
}
