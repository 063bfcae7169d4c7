//! The commands that write, as scripts use them: the real binary over a wire that can lose, cut and hold what
//! goes over it. Each test counts what was sent.

#![cfg(all(target_os = "linux", feature = "demo"))]

#[cfg(test)]
#[path = "writes/bulk.rs"]
mod bulk;
#[cfg(test)]
#[path = "writes/desk.rs"]
mod desk;
#[cfg(test)]
#[path = "writes/gates.rs"]
mod gates;
#[cfg(test)]
#[path = "cli/harness.rs"]
#[expect(dead_code, reason = "the commands that read need more of it")]
mod harness;
#[cfg(test)]
#[path = "writes/lost.rs"]
mod lost;
#[cfg(test)]
#[path = "writes/making.rs"]
mod making;
#[cfg(test)]
#[path = "writes/resuming.rs"]
mod resuming;
#[cfg(test)]
#[path = "writes/rotating.rs"]
mod rotating;
#[cfg(test)]
#[path = "writes/signals.rs"]
mod signals;
#[cfg(test)]
#[path = "writes/wire.rs"]
mod wire;
