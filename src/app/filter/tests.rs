mod any;
mod completing;
mod marking;

use std::{borrow::Cow, sync::Arc};

use super::*;
use crate::{
    manifest::{IdKind, Manifest, Resource, Role},
    record::{Rows, Text, Value},
};

const NOW: &str = "2026-03-10T12:00:00Z";

const MANIFEST: &str = r#"
manifest = 1
id = "svc"
title = "Service"

[[resource]]
id = "keys"
title = "Team keys"
noun = "key"
pane = "api-keys"
item_id = "/id"
list = { call = "GET /keys" }
field = [
  { key = "label", title = "Label", role = "name" },
  { key = "owner", title = "Owner", role = "owner" },
  { key = "createdBy", title = "Created by", role = "creator" },
  { key = "actions", title = "Actions", role = "scopes", kind = "list", broad = ["*"] },
  { key = "admin", title = "Admin", role = "admin", kind = "bool" },
  { key = "created_at", title = "Created", role = "created", kind = "time" },
  { key = "last_used", title = "Used", role = "last-used", kind = "time" },
  { key = "expires_at", title = "Expires", role = "expires", kind = "expiry" },
  { key = "hits", title = "Hits", kind = "int" },
  { key = "note", title = "Note" },
  { key = "token", title = "Token", kind = "secret" },
]

[[resource]]
id = "bare"
title = "Bare keys"
noun = "key"
pane = "secrets"
item_id = "/id"
list = { call = "GET /bare" }
field = [
  { key = "name", title = "Name", role = "name" },
  { key = "owner", title = "Owner" },
  { key = "a:b", title = "Odd" },
  { key = "rank", title = "Rank", kind = "int", choices = ["30", "40"], labels = ["Developer", "Maintainer"] },
]
"#;

fn resource(id: &str) -> Arc<Resource> {
    let manifest: Manifest = toml::from_str(MANIFEST).unwrap();
    Arc::clone(manifest.resource(id).unwrap())
}

fn names() -> Names {
    Names::of([&*resource("keys"), &*resource("bare")])
}

fn moment(text: &str) -> Moment {
    let time: jiff::Timestamp = text.parse().unwrap();
    Moment::from_micros(time.as_microsecond())
}

fn text(text: &str) -> Value<'static> {
    Value::Text(Cow::Owned(text.to_owned()))
}

fn time(text: &str) -> Value<'static> {
    Value::Time(moment(text))
}

fn id(text: &str) -> KeyId {
    KeyId::new(text, IdKind::Text).unwrap()
}

/// Four keys: 7 is an old admin key, 8 a fresh one that is never used, 19 is broad and has ended, and
/// of 200 next to nothing is known.
fn sample() -> Rows {
    let list = |items: &[&str]| {
        Value::List(
            items
                .iter()
                .map(|item| Cow::Owned((*item).to_owned()))
                .collect(),
        )
    };
    let mut rows = Rows::new(resource("keys"));
    rows.push(
        Some(&id("7")),
        vec![
            text("deploy prod"),
            text("ann"),
            text("bob@example.org"),
            list(&["documents:search", "keys:get"]),
            Value::Bool(true),
            time("2025-03-01T08:30:00Z"),
            time("2025-06-01T00:00:00Z"),
            time("2026-03-14T12:00:00Z"),
            Value::Int(42),
            text("Größe"),
            Value::Hidden,
        ],
    );
    rows.push(
        Some(&id("8")),
        vec![
            text("Deploy staging"),
            text("Anna"),
            text("eve"),
            list(&["keys:list"]),
            Value::Bool(false),
            time("2026-03-01T08:30:00Z"),
            Value::Never,
            Value::Never,
            Value::Int(1042),
            Value::Null,
            Value::Hidden,
        ],
    );
    rows.push(
        Some(&id("19")),
        vec![
            text("ci"),
            text("ann lee"),
            text("eve"),
            list(&["keys:get", "*"]),
            Value::Bool(false),
            time("2025-12-24T18:00:00Z"),
            Value::Unrecorded,
            time("2026-03-01T00:00:00Z"),
            Value::Int(-5),
            text("say \"hi\" \\o/"),
            Value::Hidden,
        ],
    );
    rows.push(Some(&id("200")), Vec::new());
    rows
}

fn found(rows: &Rows, filter: &str) -> Vec<String> {
    let filter = Filter::parse(filter, &names()).unwrap_or_else(|e| panic!("{filter}: {e}"));
    let own = id("8");
    let facts = Facts {
        now: moment(NOW),
        context: "Prod",
        backend: "svc",
        own: Some(&own),
    };
    let kept: Vec<usize> = filter.positions(rows, 0, &facts).collect();
    let later: Vec<usize> = filter.positions(rows, 2, &facts).collect();
    assert!(
        kept.iter().filter(|row| **row >= 2).eq(&later),
        "from the third on: {filter}"
    );
    kept.into_iter()
        .map(|row| rows.id_text(row).unwrap().to_owned())
        .collect()
}

#[test]
fn each_term_finds_what_it_says() {
    let rows = sample();
    let cases: &[(&str, &[&str])] = &[
        ("", &["7", "8", "19", "200"]),
        ("deploy", &["7", "8"]),
        ("DEPLOY", &["7", "8"]),
        ("größe", &["7"]),
        ("GRÖSSE", &[]),
        ("GRÖßE", &["7"]),
        ("prod", &["7", "8", "19", "200"]),
        ("documents:search", &["7"]),
        ("200", &["200"]),
        ("42", &["7", "8"]),
        ("2026-03-01", &["8", "19"]),
        ("deploy ann", &["7", "8"]),
        ("deploy !staging", &["7"]),
        ("ci OR staging", &["8", "19"]),
        ("deploy prod bob OR ci eve", &["7", "19"]),
        ("!deploy !ci", &["200"]),
        ("\"deploy prod\"", &["7"]),
        ("\"prod deploy\"", &[]),
        ("~dppr", &["7"]),
        ("~dps", &["8"]),
        ("!~dp", &["19", "200"]),
        ("name:deploy", &["7", "8"]),
        ("label:deploy", &["7", "8"]),
        ("name:200", &["200"]),
        ("name=\"deploy prod\"", &["7"]),
        ("name=deploy", &[]),
        ("owner:ann", &["7", "8", "19"]),
        ("owner=ann", &["7"]),
        ("owner=Ann", &[]),
        ("owner:\"ann l\"", &["19"]),
        ("owner=\"\"", &["200"]),
        ("createdBy:EVE", &["8", "19"]),
        ("creator=eve", &["8", "19"]),
        ("created_by=eve", &["8", "19"]),
        ("note:\"\\\"hi\\\" \\\\o\"", &["19"]),
        ("context:prod", &["7", "8", "19", "200"]),
        ("context=prod", &[]),
        ("backend=svc id:1", &["19"]),
        ("resource=keys id=7", &["7"]),
        ("resource:team id=7", &["7"]),
        ("scopes:keys:get", &["7", "19"]),
        ("scopes=keys:get", &["7", "19"]),
        ("scopes=keys", &[]),
        ("admin:yes", &["7"]),
        ("admin=true", &["7"]),
        ("admin:no", &["8", "19"]),
        ("id<19", &["7", "8"]),
        ("id>8 id<200", &["19"]),
        ("hits>42", &["8"]),
        ("hits<0", &["19"]),
        ("hits=42", &["7"]),
        ("hits:42", &["7", "8"]),
        ("client-id:x", &[]),
        ("prefix=\"\" id<8", &["7"]),
    ];
    for (filter, ids) in cases {
        assert_eq!(found(&rows, filter), *ids, "{filter}");
    }
}

#[test]
fn a_choice_is_found_by_its_name_and_by_its_value_and_shown_by_its_name() {
    use crate::{app::columns::ColumnId, record::Cell};
    let mut rows = Rows::new(resource("bare"));
    for (row, rank) in [("1", 30), ("2", 40), ("3", 50)] {
        let values = vec![Value::Null, Value::Null, Value::Null, Value::Int(rank)];
        rows.push(Some(&id(row)), values);
    }
    for (filter, ids) in [
        ("maintain", &["2"][..]),
        ("rank:develop", &["1"]),
        ("rank=Maintainer", &["2"]),
        ("rank=40", &["2"]),
        ("rank>30", &["2", "3"]),
        ("!developer", &["2", "3"]),
    ] {
        assert_eq!(found(&rows, filter), ids, "{filter}");
    }
    let shown = |row| format!("{:?}", ColumnId::Field(3).shown(rows.record(row)));
    assert_eq!(
        shown(0),
        format!("{:?}", Cell::Text(Text::new("Developer")))
    );
    assert_eq!(shown(2), format!("{:?}", Cell::Int(50)), "not declared");
}

#[test]
fn times_compare_by_span_and_by_day() {
    let rows = sample();
    let cases: &[(&str, &[&str])] = &[
        ("age>90d", &["7"]),
        ("age>10w", &["7", "19"]),
        ("age<9d", &[]),
        ("age<10d", &["8"]),
        ("created>1y", &["7"]),
        ("created_at>1y", &["7"]),
        ("created>2025-12-24", &["8"]),
        ("created<2025-12-24", &["7"]),
        ("created=2025-12-24", &["19"]),
        ("created=2025-12-24T18:00:00Z", &["19"]),
        ("created:2025-", &["7", "19"]),
        ("used>30d", &["7"]),
        ("used<30d", &[]),
        ("used:never", &["8"]),
        ("last-used:Never", &["8"]),
        ("used:unrecorded", &["19"]),
        ("!used:never !used:unrecorded", &["7", "200"]),
        ("expires<7d", &["7", "19"]),
        ("expires<7d !is:expired", &["7"]),
        ("expires<4d", &["19"]),
        ("expires>4d", &[]),
        ("expires>95h", &["7"]),
        ("expires>5759m", &["7"]),
        ("expires>345599s", &["7"]),
        ("expires:never", &["8"]),
        ("expires_at:never", &["8"]),
        ("expires:\"never\"", &[]),
    ];
    for (filter, ids) in cases {
        assert_eq!(found(&rows, filter), *ids, "{filter}");
    }
}

#[test]
fn is_asks_for_the_state() {
    let rows = sample();
    assert_eq!(found(&rows, "is:expired"), ["19"]);
    assert_eq!(found(&rows, "is:admin"), ["7"]);
    assert_eq!(found(&rows, "is:broad"), ["7", "19"]);
    assert_eq!(found(&rows, "is:mine"), ["8"]);
    assert_eq!(found(&rows, "IS:Mine"), ["8"]);
}

#[test]
fn a_key_that_the_backend_never_dates_is_unrecorded_not_never_used() {
    let mut rows = Rows::new(resource("bare"));
    rows.push(
        Some(&id("1")),
        vec![text("x"), text("ann"), text("odd value")],
    );
    assert_eq!(found(&rows, "used:unrecorded"), ["1"]);
    assert_eq!(found(&rows, "used:never"), [""; 0]);
    assert_eq!(found(&rows, "used>1d OR used<1d"), [""; 0]);
}

#[test]
fn a_role_is_found_by_its_name_where_no_field_has_the_role() {
    let mut rows = Rows::new(resource("bare"));
    rows.push(
        Some(&id("1")),
        vec![text("x"), text("ann"), text("odd value")],
    );
    assert_eq!(found(&rows, "owner=ann"), ["1"]);
    assert_eq!(found(&rows, "a:b:odd"), ["1"]);
}

#[test]
fn a_secret_is_never_searched() {
    let mut rows = Rows::new(resource("keys"));
    let mut values = vec![Value::Absent; 10];
    values.push(text("tok-canary"));
    rows.push(Some(&id("1")), values);
    assert_eq!(found(&rows, "canary"), [""; 0]);
    assert!(names().column("token").is_none(), "and has no column");
    let named_elsewhere = Column::Key("token".into());
    assert_eq!(
        named_elsewhere.spot(&resource("keys")),
        column::Spot::Nowhere
    );
}

#[test]
fn a_row_that_could_not_be_read_is_found_by_its_reason() {
    let mut rows = Rows::new(resource("keys"));
    rows.push_bad(Some(&id("1")), "created_at is not a time");
    assert_eq!(found(&rows, "\"not a time\""), ["1"]);
    assert_eq!(found(&rows, "is:expired OR is:admin"), [""; 0]);
}

#[test]
fn only_the_first_sign_after_a_known_column_splits() {
    let column = |text: &str| match &Filter::parse(text, &names()).unwrap().any[0][0].test {
        Test::Word(_) => None,
        Test::Contains(column, value) | Test::Equals(column, value) => {
            Some((column.clone(), value.to_string()))
        }
        other => panic!("{text}: {other:?}"),
    };
    let role = |role| Column::Role(role);
    assert_eq!(column("documents:search"), None);
    assert_eq!(column("http://x=y"), None);
    assert_eq!(column("a<b"), None);
    assert_eq!(column(":x"), None);
    assert_eq!(column("\"name:x\""), None);
    assert_eq!(
        column("name:a:b=c"),
        Some((role(Role::Name), "a:b=c".into()))
    );
    assert_eq!(
        column("client_id=x"),
        Some((role(Role::ClientId), "x".into()))
    );
    assert_eq!(
        column("ClientId:x"),
        Some((role(Role::ClientId), "x".into()))
    );
    assert_eq!(
        column("HITS:x"),
        Some((Column::Key("hits".into()), "x".into()))
    );
    assert_eq!(
        column("A:B=x"),
        Some((Column::Key("a:b".into()), "x".into()))
    );
}

#[test]
fn a_mistake_is_told_with_its_place_and_what_would_be_right() {
    let cases = [
        ("ä !", 3, "a term must follow !"),
        ("! x", 1, "a term must follow !"),
        ("~", 1, "a name must follow ~"),
        ("OR x", 0, "a term must stand before OR"),
        ("x OR OR y", 5, "a term must stand before OR"),
        ("x OR", 4, "a term must follow OR"),
        ("\"ab", 0, "a closing quote is missing"),
        ("ö name:\"ab", 7, "a closing quote is missing"),
        ("\"ab\"c", 4, "a space must follow the closing quote"),
        ("\"\"", 0, "a text must stand between the quotes"),
        ("name:", 5, "a value must follow name:"),
        ("name:\"\"", 5, "a value must follow name:"),
        ("name= x", 5, "a value must follow name="),
        ("age>", 4, "a value must follow age>"),
        (
            "age>90",
            4,
            "90 needs a unit: s, m, h, d, w or y, as in 90d",
        ),
        (
            "age>soon",
            4,
            "age takes a span (90d; s m h d w y) or a day (2026-01-31)",
        ),
        ("age:90d", 3, "age takes < or >, as in age>90d"),
        ("name>5", 4, "name is text: write name:… or name=…"),
        ("hits>many", 5, "hits takes a whole number"),
        ("hits>9d", 5, "hits takes a whole number"),
        ("is:odd", 3, "is: knows expired, admin, broad, mine"),
        ("is>odd", 2, "is takes :, as in is:expired"),
        ("is:", 3, "a value must follow is:"),
    ];
    for (text, at, message) in cases {
        let error = Filter::parse(text, &names()).unwrap_err();
        assert_eq!((error.at, &*error.message), (at, message), "{text}");
    }
}

#[test]
fn an_error_reads_as_a_sentence() {
    let error = Filter::parse("is:odd", &names()).unwrap_err();
    let text = "filter, character 4: is: knows expired, admin, broad, mine";
    assert_eq!(error.to_string(), text);
}

#[test]
fn a_mistake_is_pointed_at_in_the_text() {
    let pointed = |text: &str| {
        let error = Filter::parse(text, &names()).unwrap_err();
        error.pointed(text)
    };
    assert_eq!(
        pointed("日本 is:odd x"),
        "filter, character 7: is: knows expired, admin, broad, mine\n日本 is:odd x\n        ^"
    );
    assert!(pointed("name:").ends_with("name:\n     ^"));
    assert!(pointed("\u{9b} age>").ends_with("‹U+009B› age>\n             ^"));
    let long = format!("{} is:odd {}", "x".repeat(100), "y".repeat(100));
    let lines = pointed(&long);
    let lines: Vec<&str> = lines.lines().skip(1).collect();
    assert_eq!(lines[0].chars().count(), 66);
    assert_eq!(
        lines[0].chars().nth(lines[1].chars().count() - 1),
        Some('o')
    );
}

#[test]
fn a_filter_prints_as_it_would_be_typed() {
    let cases = [
        ("  one   two ", "one two"),
        ("a OR !b", "a OR !b"),
        ("OWNER:Ann", "owner:Ann"),
        ("clientId=x", "client-id=x"),
        ("last_used:NEVER", "used:never"),
        ("used:\"never\"", "used:\"never\""),
        ("age>090d", "age>90d"),
        (
            "created>2026-01-31 created_at>1w",
            "created>2026-01-31 created_at>1w",
        ),
        ("created<2h", "age<2h"),
        ("hits>+5", "hits>5"),
        ("documents:search", "\"documents:search\""),
        ("\"OR\" !\"!x\" ~\"a b\"", "\"OR\" !\"!x\" ~\"a b\""),
        ("note=\"a\\\"b\\\\c\\d\"", "note=a\"b\\c\\d"),
        ("owner=\"\"", "owner=\"\""),
    ];
    for (typed, printed) in cases {
        let filter = Filter::parse(typed, &names()).unwrap();
        assert_eq!(filter.to_string(), printed, "{typed}");
        assert_eq!(Filter::parse(printed, &names()).unwrap(), filter, "{typed}");
    }
}

#[test]
fn every_documented_example_is_a_filter() {
    for (example, meaning) in LANGUAGE {
        let filter = Filter::parse(example, &Names::default()).unwrap();
        let again = Filter::parse(&filter.to_string(), &Names::default()).unwrap();
        assert_eq!(again, filter, "{example}: {meaning}");
    }
}

#[test]
fn every_question_that_is_knows_is_documented() {
    for what in Is::ALL {
        let example = format!("is:{}", what.word());
        assert!(
            LANGUAGE.iter().any(|(text, _)| *text == example),
            "{example}"
        );
    }
}

#[test]
fn a_name_stands_once_among_the_columns() {
    let names = names();
    let mut seen: Vec<&str> = names.iter().collect();
    assert!(seen.contains(&"hits") && seen.contains(&"age"));
    let all = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), all);
    for name in seen {
        let column = names.column(name).unwrap();
        assert_eq!(names.column(&column.to_string()), Some(column), "{name}");
    }
}

/// Rows with these names and no other text.
fn named(names: &[String]) -> Rows {
    let mut rows = Rows::new(resource("keys"));
    for (at, name) in names.iter().enumerate() {
        rows.push(Some(&id(&at.to_string())), vec![text(name)]);
    }
    rows
}

fn kept(rows: &Rows, filter: &str) -> Vec<usize> {
    let filter = Filter::parse(filter, &names()).unwrap();
    let facts = Facts {
        now: moment(NOW),
        context: "-",
        backend: "-",
        own: None,
    };
    let all: Vec<usize> = filter.positions(rows, 0, &facts).collect();
    let mut one_by_one = filter.bound(rows.resource(), Notes::default());
    let some: Vec<usize> = (0..rows.len())
        .filter(|row| one_by_one.keeps(rows, *row, &facts))
        .collect();
    assert_eq!(all, some);
    all
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { failure_persistence: None, ..Default::default() })]
    #[test]
    fn texts_that_are_searched_together_are_found_as_one_by_one(
        names in proptest::collection::vec("[aAbBé]{0,6}", 0..40), word in "[ab]{1,3}",
    ) {
        let holds = |name: &&String| name.to_ascii_lowercase().contains(&word);
        let expected = names.iter().filter(holds).count();
        let rows = named(&names);
        proptest::prop_assert_eq!(kept(&rows, &word).len(), expected);
        proptest::prop_assert_eq!(kept(&rows, &format!("name:{word}")).len(), expected);
    }
}

#[test]
fn a_text_is_found_wherever_it_stands_in_a_long_list() {
    let names = (0..3_000).map(|at| match at % 3 {
        0 => format!("{at} {} Needle", "hay ".repeat(20)),
        1 => format!("{at} {} nee", "hay ".repeat(20)),
        _ => "dle".to_owned(),
    });
    let rows = named(&names.collect::<Vec<_>>());
    assert_eq!(kept(&rows, "needle").len(), 1_000, "never over two texts");
    assert_eq!(kept(&rows, "2999"), Vec::<usize>::from([2_999]));
}
