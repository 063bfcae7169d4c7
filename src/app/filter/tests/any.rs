//! What holds for any filter, any text and any row.

use proptest::prelude::*;

use super::*;

fn column() -> impl Strategy<Value = Column> {
    let names = names();
    let all: Vec<Column> = names.iter().filter_map(|name| names.column(name)).collect();
    prop::sample::select(all)
}

fn value() -> impl Strategy<Value = Box<str>> {
    let plain = "[a-z0-9!~:=<>OR\"\\\\ ä-]{1,8}".prop_map(String::into_boxed_str);
    let any = "\\PC{1,6}".prop_map(String::into_boxed_str);
    let own = prop::sample::select(vec![
        "OR",
        "never",
        "Unrecorded",
        "name:x",
        "is:admin",
        "\n",
        "\t",
    ]);
    prop_oneof![plain, any, own.prop_map(Box::from)]
}

fn limit() -> impl Strategy<Value = (Column, Limit)> {
    let times = [
        Column::CREATED,
        Column::Role(Role::Expires),
        Column::Key("created_at".into()),
    ];
    let numbers = [Column::Id, Column::Key("hits".into())];
    let unit = prop::sample::select(Unit::ALL.to_vec());
    let span = (any::<u32>(), unit).prop_map(|(count, unit)| Limit::Span(count, unit));
    let day = (0i16..=9999, 1i8..=12, 1i8..=28)
        .prop_map(|(y, m, d)| Limit::Day(jiff::civil::date(y, m, d)));
    prop_oneof![
        (prop::sample::select(times.to_vec()), prop_oneof![span, day]),
        (
            prop::sample::select(numbers.to_vec()),
            any::<i64>().prop_map(Limit::Number)
        ),
    ]
}

fn test() -> impl Strategy<Value = Test> {
    let timed = prop::sample::select(vec![
        Column::Role(Role::LastUsed),
        Column::Key("expires_at".into()),
    ]);
    let side = prop::sample::select(vec![Side::Less, Side::More]);
    prop_oneof![
        value().prop_map(Test::Word),
        value().prop_map(Test::Fuzzy),
        (column(), value()).prop_map(|(column, value)| Test::Contains(column, value)),
        (column(), value()).prop_map(|(column, value)| Test::Equals(column, value)),
        (side, limit()).prop_map(|(side, (column, limit))| Test::Compare(column, side, limit)),
        timed.clone().prop_map(Test::Never),
        timed.prop_map(Test::Unrecorded),
        prop::sample::select(Is::ALL.to_vec()).prop_map(Test::Is),
        column().prop_map(|column| Test::Equals(column, "".into())),
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    let term = (any::<bool>(), test()).prop_map(|(not, test)| Term { not, test });
    let all = prop::collection::vec(term, 1..4);
    prop::collection::vec(all, 0..3).prop_map(|any| Filter { any })
}

fn cell() -> impl Strategy<Value = Value<'static>> {
    prop_oneof![
        Just(Value::Absent),
        Just(Value::Null),
        Just(Value::Never),
        Just(Value::Unrecorded),
        Just(Value::Hidden),
        any::<String>().prop_map(|text| Value::Text(text.into())),
        prop::collection::vec("\\PC{0,6}".prop_map(Cow::from), 0..4).prop_map(Value::List),
        any::<String>().prop_map(|text| Value::Json(text.into())),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Int),
        any::<i64>().prop_map(|micros| Value::Time(Moment::from_micros(micros))),
    ]
}

proptest! {
    #[test]
    fn any_filter_prints_as_a_text_that_means_the_same(filter in filter()) {
        let printed = filter.to_string();
        prop_assert_eq!(Filter::parse(&printed, &names()), Ok(filter), "{}", printed);
    }

    #[test]
    fn any_text_is_a_filter_or_a_mistake_inside_it(text in any::<String>()) {
        if let Err(error) = Filter::parse(&text, &names()) {
            prop_assert!(error.at <= text.chars().count());
        }
    }

    #[test]
    fn any_text_of_the_language_reads_the_same_once_printed(
        text in "((name|age|used|id|hits|is|x|ö|OR)?[ :=<>!~\"\\\\]{0,2}(90d|5|never|admin|a b|ä)?){0,5}",
    ) {
        match Filter::parse(&text, &names()) {
            Ok(filter) => prop_assert_eq!(Filter::parse(&filter.to_string(), &names()), Ok(filter)),
            Err(error) => prop_assert!(error.at <= text.chars().count()),
        }
    }

    #[test]
    fn no_row_stops_a_filter_and_not_turns_each_answer(
        test in test(),
        values in prop::collection::vec(cell(), 11),
        now in any::<i64>(),
    ) {
        let mut rows = Rows::new(resource("keys"));
        rows.push(Some(&id("1")), values);
        let facts = Facts { now: Moment::from_micros(now), context: "c", backend: "b", own: None };
        let asked = |not| {
            let filter = Filter { any: vec![vec![Term { not, test: test.clone() }]] };
            filter.positions(&rows, 0, &facts).count()
        };
        prop_assert_ne!(asked(false), asked(true));
    }

    #[test]
    fn a_text_is_found_as_in_its_small_letters(hay in "[aAbBkKäÄßİ]{0,8}", needle in "[aAbBkKäÄß]{1,3}") {
        let small = |text: &str| text.chars().flat_map(char::to_lowercase).collect::<String>();
        let expected = small(&hay).contains(&small(&needle));
        prop_assert_eq!(needle::Needle::new(&needle).is_in(&hay), expected);
    }
}
