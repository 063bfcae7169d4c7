//! Run:ai's sample keys: a few of the operator's, more of everybody else's, half of them hardly used.
//! The first is the one that the demo's own context signs in with; nothing opens the others.

use rusqlite::{Transaction, params};

use super::super::dice::Dice;
use super::super::sample as company;
use super::super::store::{Credential, Plan, Trouble};
use super::super::vault;
use super::stamp;

/// The operator's own keys after the one in use.
const OWN: [&str; 13] = [
    "laptop-mira",
    "laptop-mira-old",
    "jupyter-atlas",
    "atlas-train-prod",
    "atlas-train-prod-2",
    "at1as-train-prod",
    "ci-pipeline",
    "ci_pipeline",
    "nightly-eval",
    "vision-benchmarks",
    "test",
    "test2",
    "tmp-delete-me",
];

/// A name as long as the service allows: 255 characters.
const LONG: &str = "imported-from-the-old-cluster";

/// Fills the list of all keys.
pub(super) fn fill(
    transaction: &Transaction<'_>,
    plan: &Plan,
    credential: &Credential,
) -> Result<(), Trouble> {
    let mut insert = transaction.prepare("INSERT INTO keys VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?;
    let mut dice = Dice::new(2);
    let client_id = credential.first().map(|(_, value)| value.as_str());
    let secret = credential
        .get(1)
        .map(|(_, value)| vault::seal(value))
        .transpose()?;
    let since = stamp(company::ago(plan.now, 41 * 86_400 * 1_000_000));
    insert.execute(params![
        dice.uuid(),
        client_id,
        "keyrack",
        company::OPERATOR,
        since,
        None::<String>,
        secret
    ])?;
    for n in 1..plan.rows(90) {
        let (name, owner) = whose(&mut dice, n);
        let created = company::past(&mut dice, plan.now);
        let last_login = match dice.below(5) {
            0 => None,
            1 => Some(company::between(&mut dice, created, plan.now)),
            _ => {
                let month = company::ago(plan.now, 30 * 86_400 * 1_000_000);
                Some(company::between(&mut dice, created.max(month), plan.now))
            }
        };
        let client_id = format!("{:016x}", dice.bits());
        insert.execute(params![
            dice.uuid(),
            client_id,
            name,
            owner,
            stamp(created),
            last_login.map(stamp),
            None::<String>
        ])?;
    }
    Ok(())
}

/// The name and the owner of the `n`th key: the operator's first, then the others'.
fn whose(dice: &mut Dice, n: usize) -> (String, &'static str) {
    if let Some(own) = OWN.get(n - 1) {
        return ((*own).to_owned(), company::OPERATOR);
    }
    if n == OWN.len() + 1 {
        return (
            format!("{LONG}{}", "-x".repeat((255 - LONG.len()) / 2)),
            company::MACHINES[0],
        );
    }
    let owner = loop {
        let somebody = company::somebody(dice);
        if somebody != company::OPERATOR {
            break somebody;
        }
    };
    (company::name(n), owner)
}
