//! Which field has which role, in which order fields stand, and which have a column.

use super::Field;
use crate::{draft::names, manifest::Role};

/// Most columns of a table.
const COLUMNS: usize = 7;

/// Gives each role to one field, the name to the likeliest, and takes it from fields of another kind.
pub(super) fn roles(all: &mut [Field], item_id: &str) {
    let mut taken: Vec<Role> = Vec::new();
    // What a person decides is what forms send, and what happened to a key is what rows hold.
    let mut order: Vec<usize> = (0..all.len()).collect();
    let likely = |field: &Field| {
        let decided = matches!(field.role, Some(Role::Scopes | Role::Admin | Role::Expires));
        let fits = if decided {
            !field.send.is_empty()
        } else {
            field.read
        };
        (!fits, field.key.contains('.'))
    };
    order.sort_by_key(|&at| all.get(at).map(likely));
    for at in order {
        let Some(field) = all.get_mut(at) else {
            continue;
        };
        let Some(role) = field.role else { continue };
        if taken.contains(&role) || !fits(role, field) {
            field.role = None;
        } else {
            taken.push(role);
        }
    }
    let able = |field: &Field| {
        field.role.is_none() && matches!(field.kind(), "text" | "choice") && !field.lines
    };
    let called = names::NAMES.iter().find_map(|name| {
        all.iter()
            .position(|field| able(field) && names::spaced(&field.key) == *name)
    });
    let by_end = || {
        all.iter().position(|field| {
            able(field) && names::spaced(&field.key).ends_with(" name") && !field.key.contains('.')
        })
    };
    let by_id = || {
        all.iter()
            .position(|field| able(field) && holds_id(field, item_id) && !field.send.is_empty())
    };
    let found = called.or_else(by_end).or_else(by_id);
    if let Some(field) = found.and_then(|at| all.get_mut(at)) {
        field.role = Some(Role::Name);
    }
}

/// It is where rows have their id.
pub(in crate::draft) fn holds_id(field: &Field, item_id: &str) -> bool {
    match &field.at {
        Some(at) => at == item_id,
        None => item_id.strip_prefix('/') == Some(&field.key),
    }
}

fn fits(role: Role, field: &Field) -> bool {
    let kind = field.kind();
    match role {
        Role::Created | Role::Updated | Role::LastUsed => kind == "time",
        Role::Expires => matches!(kind, "expiry" | "time"),
        Role::Admin => kind == "bool",
        Role::Scopes => matches!(kind, "list" | "records" | "text" | "choice" | "json"),
        _ => matches!(kind, "text" | "int" | "choice"),
    }
}

/// The name first, then what identifies a key, what forms ask, what the service adds; the id last.
pub(super) fn arrange(all: &mut [Field], item_id: &str) {
    all.sort_by_key(|field| {
        let sends = !field.send.is_empty();
        match field.role {
            Some(Role::Name) => 0,
            Some(Role::ClientId) => 1,
            Some(Role::Prefix) => 2,
            _ if holds_id(field, item_id) && !sends => 12,
            Some(Role::Scopes | Role::Admin) => 3,
            _ if sends && field.required => 4,
            _ if sends && field.kind() == "secret" => 6,
            _ if sends => 5,
            Some(Role::Owner) => 7,
            Some(Role::Creator) => 8,
            Some(Role::Created) => 9,
            Some(Role::LastUsed) => 10,
            _ => 11,
        }
    });
}

/// The fields that tell keys from each other.
pub(super) fn columns(all: &mut [Field], item_id: &str) {
    let state = |field: &Field| {
        let words = names::spaced(&field.key);
        matches!(
            words.as_str(),
            "status"
                | "state"
                | "enabled"
                | "disabled"
                | "is active"
                | "active"
                | "revoked"
                | "type"
        ) && matches!(field.kind(), "text" | "choice" | "bool")
    };
    let rank = |field: &Field| match field.role {
        Some(Role::Name) => Some(0),
        Some(Role::ClientId | Role::Prefix) => Some(1),
        Some(Role::Expires) => Some(2),
        Some(Role::LastUsed) => Some(3),
        Some(Role::Owner | Role::Creator) => Some(4),
        _ if state(field) => Some(5),
        Some(Role::Created) => Some(6),
        Some(Role::Scopes) if field.kind() != "json" => Some(7),
        Some(Role::Admin) => Some(8),
        _ => None,
    };
    let mut ranked: Vec<(u8, usize)> = all
        .iter()
        .enumerate()
        .filter(|(_, field)| field.kind() != "secret")
        .filter_map(|(at, field)| Some((rank(field)?, at)))
        .collect();
    ranked.sort_unstable();
    for &(_, at) in ranked.iter().take(COLUMNS) {
        if let Some(field) = all.get_mut(at) {
            field.column = true;
        }
    }
    let unnamed = !all.iter().any(|field| field.role == Some(Role::Name));
    for field in all.iter_mut() {
        if unnamed && holds_id(field, item_id) && field.kind() != "secret" {
            field.column = true;
        }
    }
    let plain = all.iter().position(|field| {
        matches!(
            field.kind(),
            "text" | "int" | "choice" | "bool" | "list" | "time" | "expiry"
        )
    });
    if !all.iter().any(|field| field.column)
        && let Some(field) = plain.and_then(|at| all.get_mut(at))
    {
        field.column = true;
    }
}
