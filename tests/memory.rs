//! What stays of a secret: the real binary's memory, its arguments and its files are read from outside.

#![cfg(test)]
#![cfg(all(target_os = "linux", feature = "demo"))]

#[path = "memory/closed.rs"]
mod closed;
#[path = "memory/copies.rs"]
mod copies;
#[path = "memory/desk.rs"]
mod desk;
#[path = "clipboard/display.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod display;
#[path = "memory/files.rs"]
mod files;
#[path = "memory/front.rs"]
mod front;
#[path = "cli/harness.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod harness;
#[path = "memory/places.rs"]
mod places;
#[path = "memory/redacted.rs"]
mod redacted;
#[path = "memory/scan.rs"]
mod scan;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;
#[path = "memory/typed.rs"]
mod typed;
#[path = "memory/words.rs"]
mod words;
