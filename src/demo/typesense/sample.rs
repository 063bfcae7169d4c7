//! Typesense's sample keys: mostly search keys, some that can do too much, some that nobody should trust.
//! They are the rows of a list and nothing else: no value opens them.

use rusqlite::{Transaction, params};
use serde_json::{Value, json};

use super::super::dice::Dice;
use super::super::sample;
use super::super::store::{Plan, Trouble};
use super::super::vault;
use super::{NEVER, NewKey, listed};

/// Keys that show what a list must bear: description, actions, collections, first characters of the value,
/// days until it expires (`None` is never).
type Special = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
    Option<i64>,
);

const SPECIAL: [Special; 22] = [
    (
        "Storefront search (public, in the browser)",
        &["documents:search"],
        &["products"],
        "sf9K",
        None,
    ),
    (
        "Admin key of the old dashboard",
        &["*"],
        &["*"],
        "aD3x",
        None,
    ),
    (
        "keyrack operator, mira.okafor@lumentide.example",
        &["keys:*"],
        &["*"],
        "mO7r",
        Some(180),
    ),
    (
        "terraform: may make keys",
        &["keys:create", "keys:list", "keys:delete"],
        &["*"],
        "tf01",
        None,
    ),
    (
        "orders only, but every action",
        &["*"],
        &["orders"],
        "oR5w",
        None,
    ),
    (
        "prod-indexer",
        &["documents:create", "documents:update"],
        &["products", "reviews"],
        "pI2c",
        Some(340),
    ),
    (
        "рrod-indexer",
        &["documents:create", "documents:update"],
        &["products", "reviews"],
        "zZ9q",
        None,
    ),
    (
        "prod-indexer",
        &["documents:create"],
        &["products"],
        "pI1a",
        Some(-40),
    ),
    (
        "expired on day one (expires_at 0)",
        &["documents:search"],
        &["products"],
        "nul0",
        Some(i64::MIN),
    ),
    (
        "typo: this action does not exist",
        &["documents:upsert"],
        &["products"],
        "tYp0",
        None,
    ),
    (
        "bad pattern",
        &["documents:search"],
        &["products[", ".*_v2"],
        "rX4n",
        None,
    ),
    (
        "whole value shown, it is short",
        &["documents:search"],
        &["test"],
        "dev",
        None,
    ),
    ("", &["documents:search"], &["*"], "eM7y", None),
    (
        "red \u{1b}[31malert\u{1b}[0m \u{1b}]0;title\u{7}",
        &["documents:search"],
        &["products"],
        "eS1c",
        None,
    ),
    (
        "c1 \u{9b}31mred",
        &["documents:search"],
        &["products"],
        "c1C1",
        None,
    ),
    (
        "invoice \u{202e}fdp.exe",
        &["documents:search"],
        &["invoices"],
        "bI0i",
        None,
    ),
    (
        "two\nlines\tand a tab",
        &["documents:search"],
        &["products"],
        "nL3t",
        None,
    ),
    (
        "👩‍👩‍👧‍👦 family 🇪🇺 team 鍵",
        &["documents:search"],
        &["products"],
        "eM0j",
        Some(9),
    ),
    (
        "Z\u{335}\u{321}\u{34f}a\u{300}\u{301}\u{302}\u{303}l\u{308}\u{30a}g\u{323}o\u{331}",
        &["documents:search"],
        &["products"],
        "zA1g",
        None,
    ),
    (
        "zero\u{200b}width\u{feff}inside\u{2066}isolate\u{2069}",
        &["documents:search"],
        &["products"],
        "zW2d",
        None,
    ),
    (
        "stopwords for docs",
        &["stopwords:upsert", "stopwords:list"],
        &["docs"],
        "sT0p",
        Some(3),
    ),
    (
        "demo day, gone tomorrow",
        &["documents:search"],
        &["events"],
        "dD4y",
        Some(1),
    ),
];

/// Fills the list and returns the first free id.
pub(super) fn fill(transaction: &Transaction<'_>, plan: &Plan) -> Result<i64, Trouble> {
    let mut insert = transaction.prepare("INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5)")?;
    let mut dice = Dice::new(4);
    let rows = plan.rows(80);
    for id in 0..rows {
        let row = match SPECIAL.get(id) {
            Some(special) => from(special, plan),
            None if id == SPECIAL.len() => long(),
            None => usual(&mut dice, id, plan),
        };
        let number = i64::try_from(id).unwrap_or(i64::MAX);
        let key = NewKey {
            description: &row.description,
            actions: &row.actions,
            collections: &row.collections,
            value: None,
            expires_at: row.expires_at,
            autodelete: row.autodelete,
        };
        let listed = listed(&key.begun(number), &row.prefix);
        // A hash of nothing: no value opens a sample key.
        let hash =
            vault::hex(&(u128::from(dice.bits()) << 64 | u128::from(dice.bits())).to_be_bytes());
        let expires_at = i64::try_from(row.expires_at).unwrap_or(i64::MAX);
        insert.execute(params![
            id.to_string(),
            row.actions.to_string(),
            expires_at,
            hash,
            listed
        ])?;
    }
    Ok(i64::try_from(rows).unwrap_or(i64::MAX))
}

/// What one sample key says.
struct Row {
    description: String,
    actions: Value,
    collections: Value,
    prefix: String,
    expires_at: u64,
    autodelete: bool,
}

fn from((description, actions, collections, prefix, days): &Special, plan: &Plan) -> Row {
    Row {
        description: (*description).to_owned(),
        actions: json!(actions),
        collections: json!(collections),
        prefix: (*prefix).to_owned(),
        expires_at: days.map_or(NEVER, |days| in_days(plan, days)),
        autodelete: false,
    }
}

/// A description that no column holds.
fn long() -> Row {
    Row {
        description: "moved from the wiki: ".to_owned()
            + &"this key is used by the nightly import. ".repeat(30),
        actions: json!(["documents:import"]),
        collections: json!([
            "products", "reviews", "orders", "invoices", "events", "docs", "people", "places"
        ]),
        prefix: "lOnG".to_owned(),
        expires_at: NEVER,
        autodelete: false,
    }
}

/// One of the many.
fn usual(dice: &mut Dice, n: usize, plan: &Plan) -> Row {
    let name = sample::name(n);
    let description = match dice.below(4) {
        0 => format!("{name}, {}", sample::somebody(dice)),
        1 => format!("Search-only key for {}", sample::word(&sample::PROJECTS, n)),
        _ => name,
    };
    let actions = match dice.below(12) {
        0 => json!(["documents:*"]),
        1 => json!(["documents:create", "documents:update", "documents:delete"]),
        2 => json!(["collections:list", "collections:get"]),
        3 => json!(["documents:search", "documents:get"]),
        4 if dice.one(4) => json!(["*"]),
        _ => json!(["documents:search"]),
    };
    let collections = if dice.one(6) {
        json!(["*"])
    } else {
        json!([sample::word(&sample::PROJECTS, n)])
    };
    let expires_at = match dice.below(10) {
        0 => in_days(plan, -1 - i64::try_from(dice.below(500)).unwrap_or(0)),
        1 => in_days(plan, 1 + i64::try_from(dice.below(13)).unwrap_or(0)),
        2 | 3 => in_days(plan, 30 + i64::try_from(dice.below(400)).unwrap_or(0)),
        _ => NEVER,
    };
    let prefix = base62(dice.bits());
    Row {
        description,
        actions,
        collections,
        prefix,
        expires_at,
        autodelete: expires_at != NEVER && dice.one(3),
    }
}

/// Four letters and digits.
fn base62(mut bits: u64) -> String {
    let mut next = || {
        let digit = u32::try_from(bits % 36).unwrap_or(0);
        bits /= 36;
        let letter = char::from_digit(digit, 36).unwrap_or('0');
        bits /= 2;
        if bits.is_multiple_of(2) {
            letter.to_ascii_uppercase()
        } else {
            letter
        }
    };
    (0..4).map(|_| next()).collect()
}

/// Unix seconds that many days from now; 0 when that is before 1970.
fn in_days(plan: &Plan, days: i64) -> u64 {
    let seconds = days
        .saturating_mul(86_400)
        .saturating_add(plan.now.as_second());
    u64::try_from(seconds).unwrap_or(0)
}
