//! The console from keys to screen and to the wire: against the embedded backend, and against a server that
//! counts what it is sent.

#![cfg(all(unix, feature = "demo"))]

#[cfg(test)]
#[path = "flows/browse.rs"]
mod browse;

#[cfg(test)]
#[path = "flows/canary.rs"]
mod canary;

#[cfg(test)]
#[path = "flows/desk.rs"]
mod desk;

#[cfg(test)]
#[path = "flows/gates.rs"]
mod gates;

#[cfg(test)]
#[path = "flows/lists.rs"]
mod lists;

#[cfg(test)]
#[path = "flows/refused.rs"]
mod refused;

#[cfg(test)]
#[path = "flows/sent.rs"]
mod sent;

#[cfg(test)]
#[path = "flows/wire.rs"]
mod wire;

#[cfg(test)]
#[path = "flows/write.rs"]
mod write;
