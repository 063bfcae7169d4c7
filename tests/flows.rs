//! The console from keys to screen and to the wire: against the embedded backend, and against a server that
//! counts what it is sent.

#![cfg(test)]
#![cfg(all(unix, feature = "demo"))]

#[path = "flows/browse.rs"]
mod browse;
#[path = "flows/canary.rs"]
mod canary;
#[path = "flows/desk.rs"]
mod desk;
#[path = "flows/doubted.rs"]
mod doubted;
#[path = "flows/finding.rs"]
mod finding;
#[path = "flows/gates.rs"]
mod gates;
#[path = "flows/lists.rs"]
mod lists;
#[path = "flows/nested.rs"]
mod nested;
#[path = "flows/refused.rs"]
mod refused;
#[path = "flows/sent.rs"]
mod sent;
#[path = "support/services.rs"]
#[expect(dead_code, reason = "the parts that other tests use")]
mod services;
#[path = "flows/starting.rs"]
mod starting;
#[path = "flows/values.rs"]
mod values;
#[path = "flows/wire.rs"]
mod wire;
#[path = "flows/write.rs"]
mod write;
