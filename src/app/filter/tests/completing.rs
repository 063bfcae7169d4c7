//! What the line offers, and that it always reads further.

use proptest::prelude::*;

use super::*;

fn facts() -> Facts<'static> {
    Facts {
        now: moment(NOW),
        context: "Prod",
        backend: "svc",
        own: None,
    }
}

fn offered(text: &str) -> Vec<String> {
    let rows = sample();
    let list = List {
        rows: &rows,
        facts: facts(),
    };
    complete(text, &names(), &[list]).map_or(Vec::new(), |it| it.texts)
}

#[test]
fn names_come_with_the_signs_that_they_take() {
    assert_eq!(offered("own"), ["owner:"]);
    assert_eq!(offered("x !OWN"), ["owner:"]);
    assert_eq!(offered("is"), ["is:"]);
    assert_eq!(offered("used"), ["used>", "used:"]);
    assert_eq!(offered("exp")[..2], ["expires<", "expires:"]);
    assert_eq!(offered("ag"), ["age>"]);
    assert!(offered("").contains(&"owner:".to_owned()));
    assert_eq!(offered("client"), [""; 0], "no list has a client id");
    assert_eq!(offered("~own"), [""; 0]);
    assert_eq!(offered("\"own"), [""; 0]);
    assert_eq!(offered("OR"), [""; 0]);
}

#[test]
fn words_that_a_column_knows_are_offered_behind_its_sign() {
    assert_eq!(offered("is:"), ["expired", "admin", "broad", "mine"]);
    assert_eq!(offered("is:B"), ["broad"]);
    assert_eq!(offered("used:"), ["never", "unrecorded"]);
    assert_eq!(offered("used=un"), ["unrecorded"]);
    assert_eq!(offered("age>"), ["7d", "30d", "90d", "365d"]);
    assert_eq!(offered("age<45"), ["45d", "45w", "45y", "45h"]);
    assert_eq!(offered("is>"), [""; 0]);
    assert_eq!(offered("name>"), [""; 0]);
}

#[test]
fn values_of_the_rows_come_the_most_frequent_first_and_quoted_where_needed() {
    assert_eq!(offered("creator:")[0], "eve");
    assert_eq!(offered("owner:an"), ["Anna", "ann", "\"ann lee\""]);
    assert_eq!(offered("owner=\"ANN l"), ["\"ann lee\""]);
    assert_eq!(offered("owner:\"ann lee\""), [""; 0], "it is whole");
    assert_eq!(offered("admin:"), ["no", "yes"]);
    assert_eq!(offered("scopes:key"), ["keys:get", "keys:list"]);
    assert_eq!(offered("context:"), ["Prod"]);
    assert_eq!(offered("token:"), [""; 0], "secrets are never offered");
}

#[test]
fn a_hundred_thousand_rows_are_not_all_looked_at() {
    let mut rows = Rows::new(resource("bare"));
    for number in 0..100_000_u32 {
        let owner = if number % 3 == 0 { "ann" } else { "ben" };
        let values = vec![text(&number.to_string()), text(owner), text("x")];
        rows.push(Some(&id(&number.to_string())), values);
    }
    let list = List {
        rows: &rows,
        facts: facts(),
    };
    let names = Names::of([&*resource("bare")]);
    let offered = complete("owner:", &names, &[list]).unwrap();
    assert_eq!((offered.from, offered.texts.len()), (6, 2));
    assert_eq!(offered.texts, ["ben", "ann"]);
    let many = complete("name:", &names, &[list]).unwrap();
    assert_eq!(many.texts.len(), 24);
}

proptest! {
    #[test]
    fn what_is_offered_always_reads_further(
        before in "((name|age|used|id|hits|is|owner|x|ö|OR|\")?[ :=<>!~\"\\\\]{0,2}(9|5|n|a|\"a|ä)?){0,4}",
        values in prop::collection::vec("\\PC{0,8}|[\"\\\\ !~:=OR]{0,6}", 3),
    ) {
        let mut rows = Rows::new(resource("bare"));
        rows.push(Some(&id("1")), values.iter().map(|it| text(it)).collect());
        let names = Names::of([&*resource("bare"), &*resource("keys")]);
        let list = List { rows: &rows, facts: facts() };
        let Some(completion) = complete(&before, &names, &[list]) else {
            return Ok(());
        };
        let kept: String = before.chars().take(completion.from).collect();
        let earlier = Filter::parse(&before, &names).err().map(|error| error.at);
        for offer in completion.texts {
            let whole = format!("{kept}{offer}");
            match Filter::parse(&whole, &names) {
                Ok(_) => {}
                Err(error) => {
                    let waits = error.at == whole.chars().count() && offer.ends_with([':', '<', '>']);
                    let was = earlier.is_some_and(|at| at < completion.from && at == error.at);
                    prop_assert!(waits || was, "{whole}: {error}");
                }
            }
        }
    }
}
