//! What state a key is in follows from the roles of its fields alone, so that it means the same in
//! every backend. The table's state column, the details and the filter's `is:` ask here.

use std::{cell::RefCell, collections::HashMap};

use serde_json::Value;

use crate::{
    manifest::{Field, Resource, Role},
    record::{Cell, Moment, Record, Rows},
};

const DAY: i64 = 86_400 * 1_000_000;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// As it should be.
    Fine,
    /// Worth knowing.
    Info,
    /// To be looked at.
    Warn,
    /// To be acted on.
    Danger,
}

/// Where a key stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Life {
    /// It works, and no end is near.
    Active,
    /// Its end is near.
    ExpiresSoon,
    /// It has ended.
    Expired,
}

/// What is known of a key's use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Usage {
    /// Used of late.
    Recent,
    /// Not used for long.
    Idle,
    /// Never used, says the backend.
    Never,
    /// The backend does not record it.
    Unrecorded,
    /// This row does not say.
    Unknown,
}

/// How much a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// What it needs.
    Ordinary,
    /// More than a key should.
    Broad,
    /// Everything.
    Admin,
}

/// The state of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Where it stands in its life.
    pub life: Life,
    /// What is known of its use.
    pub usage: Usage,
    /// How much it may do.
    pub reach: Reach,
}

/// What is asked of keys: times in microseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// A key older than this is too old.
    pub max_age: i64,
    /// A key unused for longer is idle.
    pub idle: i64,
    /// A key that ends within this time expires soon.
    pub warn: i64,
    /// Names of keys that may do more than others should.
    pub allow_broad: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            max_age: 365 * DAY,
            idle: 90 * DAY,
            warn: 14 * DAY,
            allow_broad: Vec::new(),
        }
    }
}

impl Life {
    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Active => Severity::Fine,
            Self::ExpiresSoon => Severity::Warn,
            Self::Expired => Severity::Danger,
        }
    }
}

impl Usage {
    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Idle => Severity::Warn,
            Self::Never => Severity::Info,
            Self::Recent | Self::Unrecorded | Self::Unknown => Severity::Fine,
        }
    }
}

impl Reach {
    /// How bad it is.
    #[must_use]
    pub fn severity(self) -> Severity {
        match self {
            Self::Ordinary => Severity::Fine,
            Self::Broad | Self::Admin => Severity::Warn,
        }
    }
}

impl State {
    /// The state of a row at `now`.
    #[must_use]
    pub fn of(record: Record<'_>, now: Moment, policy: &Policy) -> Self {
        Rules::of(record.resource()).state(record, now, policy)
    }

    /// What there is to say, the worst first; nothing for a key that is as it should be.
    pub fn words(self) -> impl Iterator<Item = (&'static str, Severity)> {
        let life = match self.life {
            Life::Expired => Some("expired"),
            Life::ExpiresSoon => Some("expires soon"),
            Life::Active => None,
        };
        let reach = match self.reach {
            Reach::Admin => Some("admin"),
            Reach::Broad => Some("broad"),
            Reach::Ordinary => None,
        };
        let usage = match self.usage {
            Usage::Idle => Some("idle"),
            Usage::Never => Some("never used"),
            Usage::Recent | Usage::Unrecorded | Usage::Unknown => None,
        };
        [
            (life, self.life.severity()),
            (reach, self.reach.severity()),
            (usage, self.usage.severity()),
        ]
        .into_iter()
        .filter_map(|(word, severity)| Some((word?, severity)))
    }

    /// The one word for a narrow column.
    #[must_use]
    pub fn word(self) -> &'static str {
        self.words().next().map_or("active", |(word, _)| word)
    }

    /// The worst of its words.
    #[must_use]
    pub fn severity(self) -> Severity {
        let all = self.words().map(|(_, severity)| severity);
        all.max().unwrap_or(Severity::Fine)
    }

    /// By what the state column sorts: the worse, the greater; equal words have equal ranks.
    #[must_use]
    pub fn rank(self) -> i64 {
        let life = match self.life {
            Life::Active => 0,
            Life::ExpiresSoon => 1,
            Life::Expired => 2,
        };
        let reach = match self.reach {
            Reach::Ordinary => 0,
            Reach::Broad => 1,
            Reach::Admin => 2,
        };
        let usage = match self.usage {
            Usage::Recent | Usage::Unrecorded | Usage::Unknown => 0,
            Usage::Never => 1,
            Usage::Idle => 2,
        };
        (life * 3 + reach) * 3 + usage
    }
}

/// Where the rows of one resource keep what their state follows from: made once, asked for each row.
#[derive(Debug)]
pub struct Rules<'a> {
    expires: Option<usize>,
    used: Option<usize>,
    admin: Option<usize>,
    broad: Vec<(usize, &'a Field)>,
    /// By place and number, whether a text is broad: where all rows are of one list.
    known: Option<RefCell<HashMap<(usize, u32), bool>>>,
}

impl<'a> Rules<'a> {
    /// The rules for the rows of this resource.
    #[must_use]
    pub fn of(resource: &'a Resource) -> Self {
        let fields = resource.field.iter().enumerate();
        Self {
            expires: resource.role(Role::Expires),
            used: resource.role(Role::LastUsed),
            admin: resource.role(Role::Admin),
            broad: fields.filter(|(_, field)| can_be_broad(field)).collect(),
            known: None,
        }
    }

    /// The rules for the rows of one list: what has to be taken apart is, once for all that have it alike.
    #[must_use]
    pub fn of_list(rows: &'a Rows) -> Self {
        Self {
            known: Some(RefCell::default()),
            ..Self::of(rows.resource())
        }
    }

    /// The state of a row at `now`.
    #[must_use]
    pub fn state(&self, record: Record<'_>, now: Moment, policy: &Policy) -> State {
        State {
            life: self.life(record, now, policy.warn),
            usage: self.usage(record, now, policy.idle),
            reach: if self.admin(record) {
                Reach::Admin
            } else if self.broad(record) {
                Reach::Broad
            } else {
                Reach::Ordinary
            },
        }
    }

    /// The key has ended.
    #[must_use]
    pub fn expired(&self, record: Record<'_>, now: Moment) -> bool {
        self.life(record, now, 0) == Life::Expired
    }

    /// The key may do everything.
    #[must_use]
    pub fn admin(&self, record: Record<'_>) -> bool {
        self.admin
            .is_some_and(|place| record.cell(place) == Cell::Bool(true))
    }

    /// The key may do more than a key should; one that may do everything does.
    #[must_use]
    pub fn broad(&self, record: Record<'_>) -> bool {
        let broad = |(place, field): &(usize, &Field)| self.broad_at(record, *place, field);
        self.admin(record) || self.broad.iter().any(broad)
    }

    fn broad_at(&self, record: Record<'_>, place: usize, field: &Field) -> bool {
        let cell = record.cell(place);
        let (Some(known), Cell::Json(_), Some(word)) = (&self.known, cell, record.word(place))
        else {
            return is_broad(field, cell);
        };
        let mut known = known.borrow_mut();
        *known
            .entry((place, word))
            .or_insert_with(|| is_broad(field, cell))
    }

    fn life(&self, record: Record<'_>, now: Moment, warn: i64) -> Life {
        match self.expires.map(|place| record.cell(place)) {
            Some(Cell::Time(end)) if end <= now => Life::Expired,
            Some(Cell::Time(end)) if end.micros().saturating_sub(now.micros()) < warn => {
                Life::ExpiresSoon
            }
            _ => Life::Active,
        }
    }

    fn usage(&self, record: Record<'_>, now: Moment, idle: i64) -> Usage {
        match self.used.map(|place| record.cell(place)) {
            Some(Cell::Time(used)) if now.micros().saturating_sub(used.micros()) > idle => {
                Usage::Idle
            }
            Some(Cell::Time(_)) => Usage::Recent,
            Some(Cell::Never) => Usage::Never,
            Some(Cell::Unrecorded) | None => Usage::Unrecorded,
            Some(_) => Usage::Unknown,
        }
    }
}

/// By what the state column sorts a row.
#[must_use]
pub fn rank(record: Record<'_>, now: Moment, policy: &Policy) -> i64 {
    State::of(record, now, policy).rank()
}

/// A key whose loss or end weighs most: it may do more than a key should.
#[must_use]
pub fn powerful(record: Record<'_>) -> bool {
    Rules::of(record.resource()).broad(record)
}

fn can_be_broad(field: &Field) -> bool {
    !field.broad.is_empty() || field.each.iter().any(can_be_broad)
}

fn is_broad(field: &Field, cell: Cell<'_>) -> bool {
    let any = |same: &dyn Fn(&Value) -> bool| field.broad.iter().any(same);
    match cell {
        Cell::Text(text) => any(&|value| value.as_str() == Some(text.exact())),
        Cell::List(_) => any(&|value| cell.list().any(|item| value.as_str() == Some(item.exact()))),
        Cell::Bool(yes) => any(&|value| value.as_bool() == Some(yes)),
        Cell::Int(number) => any(&|value| value.as_i64() == Some(number)),
        Cell::Null => any(&Value::is_null),
        Cell::Json(text) => serde_json::from_str(text.exact())
            .is_ok_and(|value: Value| is_broad_value(field, &value)),
        Cell::Absent | Cell::Never | Cell::Unrecorded | Cell::Hidden | Cell::Time(_) => false,
    }
}

/// The value, or an element of it, is one of the broad ones; in a record, a member of it is.
fn is_broad_value(field: &Field, value: &Value) -> bool {
    if field.broad.contains(value) {
        return true;
    }
    match value {
        Value::Array(items) => items.iter().any(|item| is_broad_value(field, item)),
        Value::Object(_) => field.each.iter().any(|part| {
            let member = match &part.at {
                Some(at) => value.pointer(at),
                None => value.get(&part.key),
            };
            member.is_some_and(|member| is_broad_value(part, member))
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, sync::Arc};

    use super::*;
    use crate::{manifest::Manifest, record::Value as Read};

    const NOW: i64 = 1_000 * DAY;

    const MANIFEST: &str = r#"
        manifest = 1
        id = "svc"
        title = "Service"
        [[resource]]
        id = "keys"
        title = "Keys"
        noun = "key"
        pane = "api-keys"
        item_id = "/id"
        list = { call = "GET /keys" }
        field = [
          { key = "expires", title = "Expires", role = "expires", kind = "expiry" },
          { key = "used", title = "Used", role = "last-used", kind = "time" },
          { key = "admin", title = "Admin", role = "admin", kind = "bool" },
          { key = "actions", title = "Actions", kind = "list", broad = ["*", "keys:*"] },
          { key = "level", title = "Level", kind = "int", broad = [9] },
          { key = "scopes", title = "Scopes", kind = "records", each = [
            { key = "action", title = "Action", broad = ["write"] },
            { key = "deep", title = "Deep", at = "/x/y", broad = ["*"] },
          ] },
        ]
        [[resource]]
        id = "bare"
        title = "Bare"
        noun = "key"
        pane = "secrets"
        item_id = "/id"
        list = { call = "GET /bare" }
    "#;

    fn resource(id: &str) -> Arc<Resource> {
        let manifest: Manifest = toml::from_str(MANIFEST).unwrap();
        Arc::clone(manifest.resource(id).unwrap())
    }

    /// The state of a row whose field at `place` holds `value`.
    fn state(place: usize, value: Read<'static>) -> State {
        let mut rows = Rows::new(resource("keys"));
        let mut values = vec![Read::Absent; place];
        values.push(value);
        rows.push(None, values);
        State::of(rows.record(0), Moment::from_micros(NOW), &Policy::default())
    }

    fn at(days: i64) -> Read<'static> {
        Read::Time(Moment::from_micros(NOW + days * DAY))
    }

    #[test]
    fn a_key_expires_soon_within_two_weeks_and_is_expired_at_its_end() {
        let life = |value| state(0, value).life;
        assert_eq!(life(at(-1)), Life::Expired);
        assert_eq!(life(at(0)), Life::Expired);
        assert_eq!(life(at(13)), Life::ExpiresSoon);
        assert_eq!(life(at(14)), Life::Active);
        assert_eq!(life(Read::Never), Life::Active);
        assert_eq!(life(Read::Null), Life::Active);
        assert_eq!(
            life(Read::Time(Moment::from_micros(i64::MAX))),
            Life::Active
        );
    }

    #[test]
    fn never_used_is_not_the_same_as_not_recorded() {
        let usage = |value| state(1, value).usage;
        assert_eq!(usage(at(-91)), Usage::Idle);
        assert_eq!(usage(at(-90)), Usage::Recent);
        assert_eq!(usage(at(1)), Usage::Recent);
        assert_eq!(usage(Read::Never), Usage::Never);
        assert_eq!(usage(Read::Unrecorded), Usage::Unrecorded);
        assert_eq!(usage(Read::Null), Usage::Unknown);
        let mut rows = Rows::new(resource("bare"));
        rows.push(None, Vec::new());
        let bare = State::of(rows.record(0), Moment::from_micros(NOW), &Policy::default());
        assert_eq!(bare.usage, Usage::Unrecorded, "without the field");
        assert_eq!((bare.word(), bare.severity()), ("active", Severity::Fine));
    }

    #[test]
    fn a_key_is_broad_when_any_part_of_it_is() {
        let reach = |place, value| state(place, value).reach;
        let list = |items: &[&'static str]| {
            Read::List(items.iter().map(|item| Cow::Borrowed(*item)).collect())
        };
        let json = |text: &'static str| Read::Json(Cow::Borrowed(text));
        assert_eq!(reach(2, Read::Bool(true)), Reach::Admin);
        assert_eq!(reach(2, Read::Bool(false)), Reach::Ordinary);
        assert_eq!(reach(3, list(&["keys:get", "keys:*"])), Reach::Broad);
        assert_eq!(reach(3, list(&["keys:get", "x*"])), Reach::Ordinary);
        assert_eq!(reach(3, list(&[])), Reach::Ordinary);
        assert_eq!(reach(4, Read::Int(9)), Reach::Broad);
        assert_eq!(reach(4, Read::Int(8)), Reach::Ordinary);
        assert_eq!(
            reach(5, json(r#"[{"action":"read"},{"action":"write"}]"#)),
            Reach::Broad
        );
        assert_eq!(reach(5, json(r#"[{"action":"read"}]"#)), Reach::Ordinary);
        assert_eq!(reach(5, json(r#"[{"x":{"y":"*"}}]"#)), Reach::Broad);
        assert_eq!(reach(5, json("not json")), Reach::Ordinary);
    }

    #[test]
    fn rows_of_one_list_are_judged_as_each_alone() {
        let text = |action| format!(r#"[{{"action":"{action}"}}]"#);
        let mut rows = Rows::new(resource("keys"));
        for action in ["write", "read", "write", "read", "x"] {
            let mut values = vec![Read::Absent; 5];
            values.push(Read::Json(text(action).into()));
            rows.push(None, values);
        }
        let (one, each) = (Rules::of_list(&rows), Rules::of(rows.resource()));
        let broad = |rules: &Rules<'_>| rows.iter().map(|it| rules.broad(it)).collect::<Vec<_>>();
        assert_eq!(broad(&one), [true, false, true, false, false]);
        assert_eq!(broad(&one), broad(&each));
    }

    #[test]
    fn the_worst_is_said_first_and_ranks_highest() {
        let mut rows = Rows::new(resource("keys"));
        rows.push(None, vec![at(-1), Read::Never, Read::Bool(true)]);
        let worst = State::of(rows.record(0), Moment::from_micros(NOW), &Policy::default());
        let words: Vec<_> = worst.words().map(|(word, _)| word).collect();
        assert_eq!(words, ["expired", "admin", "never used"]);
        assert_eq!(
            (worst.word(), worst.severity()),
            ("expired", Severity::Danger)
        );
        assert!(powerful(rows.record(0)));
        let soon = state(0, at(3));
        assert_eq!(
            (soon.word(), soon.severity()),
            ("expires soon", Severity::Warn)
        );
        assert!(rank(rows.record(0), Moment::from_micros(NOW), &Policy::default()) > soon.rank());
        assert!(soon.rank() > state(2, Read::Bool(true)).rank());
        assert!(state(1, Read::Never).rank() > state(0, Read::Never).rank());
    }
}
