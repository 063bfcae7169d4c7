//! Djinn's sample: five users, eight namespaces, keys of the operator's and of those who share with her.
//! Three keys are in a namespace that she has no part in: they belong in no list of hers.

use jiff::Timestamp;
use rusqlite::{Transaction, params};

use super::super::dice::Dice;
use super::super::sample as company;
use super::super::store::{Credential, Plan, Trouble};
use super::super::vault;

/// The users; the first is the operator.
const USERS: [(&str, &str); 5] = [
    ("mira", "mira.okafor@lumentide.example"),
    ("jonas", "jonas.weber@lumentide.example"),
    ("aiko", "aiko.tanaka@lumentide.example"),
    ("cibot", "ci-bot@lumentide.example"),
    ("dana", "contractor.dana@brightforge.example"),
];

/// The namespaces: owner, path, the id of the parent, visibility. The last is not shared with the operator.
const NAMESPACES: [(i64, &str, Option<i64>, &str); 8] = [
    (1, "atlas", None, "private"),
    (1, "atlas/deploy", Some(1), "private"),
    (1, "beacon", None, "internal"),
    (1, "harbor", None, "public"),
    (2, "blackmesa", None, "private"),
    (2, "blackmesa/lab", Some(5), "private"),
    (3, "platform", None, "private"),
    (2, "secretlab", None, "private"),
];
const SECRET_NAMESPACE: i64 = 8;

/// Names that a list has to bear; the service takes every text.
const SPECIAL: [&str; 17] = [
    "id_deploy",
    "id_deploу",
    "id_rsa",
    "config",
    "team keys/prod",
    "..",
    "two\nlines",
    "ta\tb",
    "red \u{1b}[31malert\u{1b}[0m",
    "title \u{1b}]0;owned\u{7}",
    "c1 \u{9b}31mred",
    "invoice\u{202e}yek.pub",
    "鍵 deploy",
    "👩\u{200d}💻 laptop 🇯🇵",
    "Z\u{335}\u{321}a\u{300}\u{301}\u{302}\u{303}l\u{308}g\u{323}o\u{331}",
    "zero\u{200b}width",
    "<script>alert(1)</script>",
];

/// Fills all tables.
pub(super) fn fill(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    let joined = stamp(company::ago(plan.now, 735 * 86_400 * 1_000_000));
    for (name, email) in USERS {
        transaction.execute(
            "INSERT INTO users (email, username, created) VALUES (?1, ?2, ?3)",
            [email, name, &joined],
        )?;
    }
    tokens(transaction, credential)?;
    for (owner, path, parent, visibility) in NAMESPACES {
        let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
        transaction.execute(
            "INSERT INTO namespaces (user_id, root_id, parent_id, name, path, description, visibility, created)
             VALUES (?1, ?2, ?3, ?4, ?5, '', ?6, ?7)",
            params![owner, parent, parent, name, path, visibility, joined],
        )?;
    }
    transaction.execute(
        "UPDATE namespaces SET root_id = id WHERE root_id IS NULL",
        [],
    )?;
    transaction.execute(
        "INSERT INTO collaborators VALUES (5, 1), (7, 1), (1, 2)",
        [],
    )?;
    keys(transaction, plan)
}

/// The token in use, one that may only read, and one of a colleague; they are kept in the clear, as the service does.
fn tokens(transaction: &Transaction<'_>, credential: &Credential) -> Result<(), Trouble> {
    let mut insert = transaction.prepare("INSERT INTO tokens VALUES (?1, ?2, ?3)")?;
    if let Some((_, token)) = credential.first() {
        insert.execute(params![token, 1, "key:read,write,delete namespace:read"])?;
    }
    insert.execute(params![
        vault::hex(&vault::random::<16>()?),
        1,
        "key:read build:read"
    ])?;
    insert.execute(params![
        vault::hex(&vault::random::<16>()?),
        2,
        "key:read,write,delete namespace:read"
    ])?;
    Ok(())
}

fn keys(transaction: &Transaction<'_>, plan: &Plan) -> Result<(), Trouble> {
    let mut insert = transaction.prepare(
        "INSERT INTO keys (user_id, author_id, namespace_id, name, key, config, created, updated)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let mut dice = Dice::new(3);
    let rows = plan.rows(60);
    for n in 0..rows + 3 {
        let (owner, namespace) = if n < rows {
            place(&mut dice)
        } else {
            (2, Some(SECRET_NAMESPACE))
        };
        let author = if dice.one(4) { 4 } else { owner };
        let name = name(&mut dice, n);
        let created = company::past(&mut dice, plan.now);
        let updated = if dice.one(3) {
            company::between(&mut dice, created, plan.now)
        } else {
            created
        };
        let noise = format!("{:016x}{:016x}", dice.bits(), dice.bits());
        let config = config(&mut dice, &name);
        insert.execute(params![
            owner,
            author,
            namespace,
            name,
            noise,
            config,
            stamp(created),
            stamp(updated)
        ])?;
    }
    Ok(())
}

/// Whose key it is, and where: mostly the operator's own.
fn place(dice: &mut Dice) -> (i64, Option<i64>) {
    match dice.below(10) {
        0..=3 => (1, None),
        4 => (1, Some(1)),
        5 => (1, Some(2)),
        6 => (1, Some(3)),
        7 => (1, Some(4)),
        8 => (2, Some(5 + i64::from(dice.one(3)))),
        _ => (3, Some(7)),
    }
}

fn name(dice: &mut Dice, n: usize) -> String {
    match SPECIAL.get(n) {
        Some(name) => (*name).to_owned(),
        None if n == SPECIAL.len() => format!("id_{}", "very-long-".repeat(30)),
        // The same name in several namespaces: nothing forbids it.
        None if n < 60 && dice.one(12) => "id_deploy".to_owned(),
        None => format!("id_{}", company::name(n)),
    }
}

fn config(dice: &mut Dice, name: &str) -> String {
    match dice.below(4) {
        0 => String::new(),
        1 => format!("Host github.com\n    User git\n    IdentityFile /root/.ssh/{name}"),
        2 => "Host *.lumentide.example\n    User deploy\n    StrictHostKeyChecking yes".to_owned(),
        _ => format!(
            "Host gitlab.com\n    User git\n    IdentityFile /root/.ssh/{name}\n    IdentitiesOnly yes\n"
        ),
    }
}

/// A time as the database gives it back: UTC, up to six digits, no zeros at the end.
pub(super) fn stamp(time: Timestamp) -> String {
    let naive = company::naive(time);
    let text = if naive.contains('.') {
        naive.trim_end_matches('0')
    } else {
        &naive
    };
    format!("{text}Z")
}
