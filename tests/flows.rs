//! The console from keys to screen and to the wire: against the embedded backend, and against a server that
//! counts what it is sent.

#![cfg(all(unix, feature = "demo"))]

#[cfg(test)]
#[path = "flows/desk.rs"]
mod desk;

#[cfg(test)]
#[path = "flows/browse.rs"]
mod browse;

#[cfg(test)]
#[path = "flows/write.rs"]
mod write;
