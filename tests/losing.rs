//! Every way to lose a new key or its secret, done to the real binary against a server that counts: after
//! it no key is there that the journal does not know, the secret can be had by the way that is promised,
//! and nothing was sent twice.

#![cfg(test)]
#![cfg(all(target_os = "linux", feature = "demo"))]

#[path = "losing/answers.rs"]
mod answers;
#[path = "clipboard/display.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod display;
#[path = "losing/ends.rs"]
mod ends;
#[path = "support/kind.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod kind;
#[path = "losing/rotated.rs"]
mod rotated;
#[path = "support/services.rs"]
mod services;
#[path = "support/session.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod session;
#[path = "losing/stays.rs"]
mod stays;
#[path = "losing/world.rs"]
mod world;
