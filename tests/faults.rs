//! What goes wrong on the way, struck by the embedded backend's own faults: the screen says what is known and
//! no more, and nothing is sent twice.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "faults/answers.rs"]
mod answers;
#[path = "faults/bulk.rs"]
mod bulk;
#[path = "faults/busy.rs"]
mod busy;
#[path = "flows/desk.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod desk;
#[path = "faults/desks.rs"]
mod desks;
#[path = "support/kind.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod kind;
#[path = "faults/lost.rs"]
mod lost;
#[path = "faults/outcomes.rs"]
mod outcomes;
#[path = "support/services.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod services;
