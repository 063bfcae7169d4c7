//! The memory: who else may look into it, and whether it may reach a disk.

use super::Fact;
use crate::secret::{Locking, Secret};

/// What is known about it.
pub(super) fn facts() -> [Fact; 4] {
    [core_files(), others(), locked(), swap()]
}

#[cfg(unix)]
fn core_files() -> Fact {
    use rustix::process::{Resource, getrlimit};
    if getrlimit(Resource::Core).current == Some(0) {
        Fact::ok("memory", "no core file is written when keyrack breaks off")
    } else {
        Fact::bad(
            "memory",
            "core files could not be switched off, and one would hold secrets; start keyrack after: ulimit -c 0",
        )
    }
}

#[cfg(not(unix))]
fn core_files() -> Fact {
    Fact::ok("memory", "core files: not known on this system")
}

#[cfg(target_os = "linux")]
fn others() -> Fact {
    use rustix::process::{DumpableBehavior, dumpable_behavior};
    match dumpable_behavior() {
        Ok(DumpableBehavior::NotDumpable) => Fact::ok(
            "memory",
            "other programs of this user cannot read it (it is not dumpable)",
        ),
        _ => Fact::bad(
            "memory",
            "the system did not close it to other programs of this user, which can read secrets from it",
        ),
    }
}

#[cfg(not(target_os = "linux"))]
fn others() -> Fact {
    Fact::warn(
        "memory",
        "this system has no way to close it to other programs of this user",
    )
}

/// Whether a secret's memory can be locked, tried on one that is none.
fn locked() -> Fact {
    drop(Secret::new("a trial".to_owned().into()));
    let limit = limit();
    match Locking::now() {
        Locking::Locked => Fact::ok(
            "memory",
            format!("locked: secrets are kept out of the swap{limit}"),
        ),
        Locking::Partly => Fact::warn(
            "memory",
            format!("partly locked: the limit was reached{limit}; raise it with: ulimit -l"),
        ),
        Locking::NotLocked | Locking::Untried => Fact::warn(
            "memory",
            format!(
                "not locked: the system does not allow it{limit}, so that secrets may reach the swap; raise it with: ulimit -l"
            ),
        ),
    }
}

/// How much may be locked, in words behind others.
#[cfg(unix)]
fn limit() -> String {
    use rustix::process::{Resource, getrlimit};
    match getrlimit(Resource::Memlock).current {
        Some(bytes) => format!(" (limit {} KiB)", bytes / 1024),
        None => " (no limit)".to_owned(),
    }
}

#[cfg(not(unix))]
fn limit() -> String {
    String::new()
}

fn swap() -> Fact {
    let Ok(text) = std::fs::read_to_string("/proc/swaps") else {
        return Fact::ok("swap", "not known on this system");
    };
    let devices: Vec<&str> = text
        .lines()
        .skip(1)
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let all = devices.join(", ");
    match (devices.is_empty(), Locking::now()) {
        (true, _) => Fact::ok("swap", "there is none"),
        (false, Locking::Locked) => Fact::ok(
            "swap",
            format!("{all}; secrets are locked out of it, what is typed and drawn is not"),
        ),
        (false, _) => Fact::warn(
            "swap",
            format!("{all}, which secrets may reach; encrypt it or switch it off"),
        ),
    }
}
