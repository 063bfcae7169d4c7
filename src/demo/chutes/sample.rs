//! Chutes' sample users, chutes, keys and secrets; nothing but the first key and what is named here opens anything.
//! Two users can sign in with a hotkey, whose seeds are public knowledge: never use them anywhere else.
//!
//! | user | hotkey seed | hotkey | registered miner | fingerprint |
//! |---|---|---|---|---|
//! | mira, the operator | 32 times `0x11` | [`OPERATOR_HOTKEY`] | yes | [`OPERATOR_FINGERPRINT`] |
//! | jonas | 32 times `0x22` | [`COLLEAGUE_HOTKEY`] | no | [`COLLEAGUE_FINGERPRINT`] |

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::super::dice::Dice;
use super::super::sample as company;
use super::super::store::{Credential, Plan, Trouble};
use super::super::vault;
use super::{keys, page, secrets};

/// The operator's user id.
pub(super) const OPERATOR_ID: &str = "3cc2b8df-e17c-50f0-98d6-45b7ca2856db";
/// The operator's user name.
pub(super) const OPERATOR_NAME: &str = "mira";
/// The address of the seed of 32 times 0x11.
pub(super) const OPERATOR_HOTKEY: &str = "5DtDLm5rQHShDqojQpsvcN8tRXHVFaecfDoRet1SU6BFD9Fi";
/// What the operator logs in with for a JWT.
pub(super) const OPERATOR_FINGERPRINT: &str = "demoMiraOkaforFingerprint0000001";
/// A colleague's user id.
const COLLEAGUE_ID: &str = "9317442a-01fb-5686-971d-60f4eacb3935";
/// The address of the seed of 32 times 0x22.
pub(super) const COLLEAGUE_HOTKEY: &str = "5Fpfx4iDtrrY99VGkQnLXASytC2y9Z3o8KUyTtD4w7o5SZcA";
/// What the colleague logs in with for a JWT.
pub(super) const COLLEAGUE_FINGERPRINT: &str = "demoJonasWeberFingerprint0000002";
/// The coldkey that `/users/me` shows.
pub(super) const COLDKEY: &str = "5FLJXD12x5hyVZpkXRiRfuTdhFivLw4braWAZvn5wSKR7SM8";

/// The operator's chutes; the last is one that only takes Hugging Face tokens.
const CHUTES: [&str; 6] = [
    "atlas-chat",
    "atlas-embed",
    "lantern-vision",
    "pulse-whisper",
    "quarry-rerank",
    "team/affine-bench",
];

/// Names that a list has to bear, and whether their key is an admin's. The service accepts every one of them.
const SPECIAL: [(&str, bool); 20] = [
    ("ops-admin", true),
    ("oрs-admin", true),
    ("terraform", true),
    ("ci-admin-2024", true),
    ("break-glass", true),
    ("powerless", false),
    ("powerless2", false),
    ("two\nlines", false),
    ("trailing newline\n", false),
    ("ta\tb", false),
    ("c1 \u{9b}31mred", false),
    ("rtl\u{202e}txt.exe", false),
    ("clé-鍵", false),
    ("zero\u{200b}width", false),
    ("e\u{301}\u{302}\u{303}\u{304}\u{306}\u{307} marks", false),
    ("❤\u{fe0f}\u{200d}☕\u{fe0f} team", false),
    ("$a.b c-d_e", false),
    ("aaaaaaaaaaaaaaaaaaaaaaaa", false),
    ("x", true),
    ("Ops-Admin", false),
];

/// The keys of secrets that every list of them has, as far as it reaches.
const SECRET_KEYS: [&str; 12] = [
    "HF_TOKEN",
    "OPENAI_API_KEY",
    "WANDB_API_KEY",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "SENTRY_DSN",
    "DATABASE_URL",
    "SLACK_WEBHOOK",
    "a b\n\u{1b}[31mred\u{1b}[0m",
    "",
    "PYTHONUNBUFFERED",
    "invoice\u{202e}fdp",
];

/// Fills all tables.
pub(super) fn fill(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    let mut dice = Dice::new(1);
    users(transaction, plan)?;
    let chutes = chutes(transaction, plan, &mut dice)?;
    operator_keys(transaction, plan, credential, &chutes, &mut dice)?;
    let mut insert = transaction.prepare(INSERT_KEY)?;
    for n in 0..5 {
        let (id, name) = (dice.uuid(), company::name(n));
        let created = company::naive(company::past(&mut dice, plan.now));
        let item = keys::item(&id, COLLEAGUE_ID, n == 0, &name, &created, "[]");
        insert.execute(params![
            id,
            COLLEAGUE_ID,
            name,
            n == 0,
            None::<String>,
            item
        ])?;
    }
    operator_secrets(transaction, plan, &chutes, &mut dice)
}

const INSERT_KEY: &str = "INSERT INTO api_keys VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

fn users(transaction: &Transaction<'_>, plan: &Plan) -> Result<(), Trouble> {
    let mut insert = transaction.prepare("INSERT INTO users VALUES (?1, ?2, ?3, ?4, ?5, ?6)")?;
    let joined = company::naive(company::ago(plan.now, 740 * 86_400 * 1_000_000));
    let operator = vault::seal(OPERATOR_FINGERPRINT)?;
    let colleague = vault::seal(COLLEAGUE_FINGERPRINT)?;
    insert.execute(params![
        OPERATOR_ID,
        OPERATOR_NAME,
        OPERATOR_HOTKEY,
        true,
        operator,
        joined
    ])?;
    insert.execute(params![
        COLLEAGUE_ID,
        "jonas",
        COLLEAGUE_HOTKEY,
        false,
        colleague,
        joined
    ])?;
    Ok(())
}

/// Makes the operator's chutes and returns their ids.
fn chutes(
    transaction: &Transaction<'_>,
    plan: &Plan,
    dice: &mut Dice,
) -> Result<Vec<String>, Trouble> {
    let mut insert = transaction.prepare("INSERT INTO chutes VALUES (?1, ?2, ?3, ?4)")?;
    let mut ids = Vec::new();
    for name in CHUTES {
        let id = dice.uuid();
        insert.execute(params![
            id,
            OPERATOR_ID,
            name,
            company::naive(company::past(dice, plan.now))
        ])?;
        ids.push(id);
    }
    insert.execute(params![
        dice.uuid(),
        COLLEAGUE_ID,
        "jonas-scratch",
        company::naive(company::past(dice, plan.now))
    ])?;
    Ok(ids)
}

/// The key in use, then the special names, then the many; in no order of time.
fn operator_keys(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
    chutes: &[String],
    dice: &mut Dice,
) -> Result<(), Trouble> {
    let mut insert = transaction.prepare(INSERT_KEY)?;
    for n in 0..plan.rows(60).max(1) {
        let in_use = credential.first().filter(|_| n == 0).map(|(_, text)| text);
        let special = SPECIAL.get(n.wrapping_sub(1));
        let (name, admin) = match special {
            _ if in_use.is_some() => ("keyrack-operator".to_owned(), true),
            Some((name, admin)) => ((*name).to_owned(), *admin),
            None => (company::name(n), dice.one(15)),
        };
        let bare = admin || name.starts_with("powerless");
        let scopes = if bare {
            "[]".to_owned()
        } else {
            scopes(dice, chutes)
        };
        let sealed = in_use.map(|text| vault::seal(text)).transpose()?;
        let in_use = in_use.and_then(|text| keys::parts(text));
        let id = in_use.map_or_else(|| dice.uuid(), |(id, _)| id);
        let created = company::naive(company::past(dice, plan.now));
        let item = keys::item(&id, OPERATOR_ID, admin, &name, &created, &scopes);
        insert.execute(params![id, OPERATOR_ID, name, admin, sealed, item])?;
    }
    Ok(())
}

/// One to three scopes as JSON; now and then one for all chutes.
fn scopes(dice: &mut Dice, chutes: &[String]) -> String {
    let count = 1 + dice.below(5) / 3 + dice.below(8) / 7;
    let mut scopes = String::new();
    for _ in 0..count {
        let object_type = dice.pick(&["chutes", "chutes", "chutes", "images", "invocations"]);
        let at = usize::try_from(dice.below(chutes.len() as u64)).unwrap_or(0);
        let object_id = chutes
            .get(at)
            .filter(|_| object_type == "chutes" && !dice.one(3));
        let object_id = object_id.map_or_else(|| "null".to_owned(), |id| format!("\"{id}\""));
        let scope_id = dice.uuid();
        let scope = format!(
            r#"{{"scope_id":"{scope_id}","object_type":"{object_type}","object_id":{object_id},"method":null}}"#
        );
        page::push(&mut scopes, &scope);
    }
    format!("[{scopes}]")
}

/// The operator's secrets, over all chutes in turn.
fn operator_secrets(
    transaction: &Transaction<'_>,
    plan: &Plan,
    chutes: &[String],
    dice: &mut Dice,
) -> Result<(), Trouble> {
    let mut insert =
        transaction.prepare("INSERT INTO secrets VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let takers = chutes.len().saturating_sub(1).max(1);
    for n in 0..plan.rows(25) {
        let (chute, key) = match SECRET_KEYS.get(n / takers) {
            _ if n == 0 => (chutes.last(), "HF_TOKEN".to_owned()),
            Some(key) => (chutes.get(n % takers), (*key).to_owned()),
            None => (chutes.get(n % takers), format!("SERVICE_{n}_TOKEN")),
        };
        let Some(chute) = chute else { continue };
        let created = company::naive(past(dice, plan.now));
        let secret_id = secrets::id(OPERATOR_ID, chute, &key);
        let item = secrets::item(&secret_id, &key, chute, &created);
        let value = format!("c30d04070302{:016x}{:016x}", dice.bits(), dice.bits());
        insert.execute(params![
            secret_id,
            OPERATOR_ID,
            chute,
            key,
            created,
            value,
            item
        ])?;
    }
    Ok(())
}

/// Secrets are older than most keys: nobody rotates them.
fn past(dice: &mut Dice, now: Timestamp) -> Timestamp {
    let month = 30 * 86_400 * 1_000_000;
    company::past(dice, company::ago(now, month))
}
