//! Pages of Chutes start at 0, hold 25 unless asked otherwise, and have no upper limit.
//! Both lists share this; what a negative number does is what PostgreSQL does with it: the service crashes.

use serde_json::Value;

use super::super::call::{Call, Reply};
use super::{Halt, invalid, trouble, unprocessable};

/// The page that a call asks for.
pub(super) struct Page {
    number: i64,
    limit: i64,
    /// The rows of a page: a limit of 0 echoes as 0 and means 25.
    pub(super) rows: i64,
    /// The rows before it.
    pub(super) offset: i64,
}

impl Page {
    /// Reads `page` and `limit`.
    pub(super) fn of(call: &Call) -> Result<Self, Halt> {
        let mut errors = Vec::new();
        let mut number = |name: &str, usual: i128| match call.parameter(name) {
            None => usual,
            Some(text) => text.trim().parse().unwrap_or_else(|_| {
                if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
                    let message =
                        "Input should be a valid integer, unable to parse string as an integer";
                    errors.push(invalid(
                        "int_parsing",
                        &["query".into(), name.into()],
                        message,
                        &Value::from(text),
                    ));
                }
                i128::MAX
            }),
        };
        let (page, limit) = (number("page", 0), number("limit", 25));
        if !errors.is_empty() {
            return Err(unprocessable(errors).into());
        }
        let crash = || Halt::from(trouble(500));
        let whole = |number: i128| {
            i64::try_from(number)
                .ok()
                .filter(|number| *number >= 0)
                .ok_or_else(crash)
        };
        let (page, limit) = (whole(page)?, whole(limit)?);
        let rows = if limit == 0 { 25 } else { limit };
        let offset = page.checked_mul(rows).ok_or_else(crash)?;
        Ok(Self {
            number: page,
            limit,
            rows,
            offset,
        })
    }

    /// The list around its items, which are JSON already.
    pub(super) fn envelope(&self, total: i64, items: &str) -> Reply {
        let Self { number, limit, .. } = self;
        let body = format!(
            r#"{{"total":{total},"page":{number},"limit":{limit},"items":[{items}],"cord_refs":null}}"#
        );
        Reply::new(200, "application/json", body)
    }

    /// The limit as it was asked for.
    pub(super) fn limit(&self) -> i64 {
        self.limit
    }
}

/// Adds an item to those before it.
pub(super) fn push(items: &mut String, item: &str) {
    if !items.is_empty() {
        items.push(',');
    }
    items.push_str(item);
}
