use jiff::tz::TimeZone;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{DAY, Moment, expiry, typed, typed_wire};
use crate::{
    manifest::{Field, TimeFormat},
    record::Cell,
};

const NOW: &str = "2026-11-20T10:00:00Z";

fn now() -> Moment {
    Moment::read(NOW).unwrap()
}

fn field(more: &str) -> Field {
    let text = format!("key = \"expires\"\ntitle = \"Expires\"\nkind = \"expiry\"\n{more}");
    toml::from_str(&text).unwrap()
}

fn sent(more: &str, text: &str, format: TimeFormat) -> Result<Option<Value>, String> {
    expiry(&field(more), text, format, now())
}

#[test]
fn every_form_of_a_time_is_one_moment() {
    for text in [
        NOW,
        "2026-11-20T11:00:00+01:00",
        "2026-11-20T10:00:00",
        "2026-11-20 10:00:00.000",
        " 1795168800 ",
        "1795168800000",
        "1795168800000000",
        "1795168800000000000",
        "1795168800.0",
    ] {
        assert_eq!(Moment::read(text), Some(now()), "{text}");
    }
    assert_eq!(
        Moment::read("2026-11-20").unwrap().rfc3339(),
        "2026-11-20T00:00:00Z"
    );
    assert_eq!(
        Moment::read("-1.5").unwrap().rfc3339(),
        "1969-12-31T23:59:58.5Z"
    );
    for text in [
        "",
        "soon",
        "2026-13-01",
        "9".repeat(30).as_str(),
        "1e9",
        "-",
        "1.x",
    ] {
        assert_eq!(Moment::read(text), None, "{text}");
    }
}

#[test]
fn a_moment_is_shown_as_a_day_and_as_a_distance() {
    let now = now();
    let east = TimeZone::fixed(jiff::tz::offset(14));
    assert_eq!(now.date(&TimeZone::UTC), "2026-11-20");
    assert_eq!(now.date_time(&east), "2026-11-21 00:00");
    let distances = [
        (30, "now"),
        (-300, "5 min ago"),
        (3 * 3600, "in 3 h"),
        (-3 * 86_400, "3 d ago"),
        (12 * 86_400, "in 12 d"),
        (-240 * 86_400, "7 mo ago"),
        (-1100 * 86_400, "3 y ago"),
    ];
    for (seconds, words) in distances {
        let at = Moment::from_micros(now.micros() + seconds * 1_000_000);
        assert_eq!(at.relative(now), words);
    }
    let far = Moment::from_micros(i64::MAX);
    assert_eq!(far.date(&TimeZone::UTC), "9999-12-30");
    assert!(
        far.relative(Moment::from_micros(i64::MIN))
            .starts_with("in ")
    );
}

#[test]
fn a_typed_expiry_goes_out_in_the_form_of_the_backend() {
    use TimeFormat::{Date, EpochMs, EpochS, Rfc3339, TtlHours, TtlMs, TtlS, TtlText};
    let cases = [
        ("30d", Rfc3339, json!("2026-12-20T10:00:00Z")),
        ("12h", Rfc3339, json!("2026-11-20T22:00:00Z")),
        ("2w", Date, json!("2026-12-04")),
        ("1y", Date, json!("2027-11-20")),
        ("90m", EpochS, json!(1_795_174_200)),
        ("2027-01-31", EpochMs, json!(1_801_353_600_000_i64)),
        (
            "2027-01-31T10:00:00+02:00",
            Rfc3339,
            json!("2027-01-31T08:00:00Z"),
        ),
        ("1d 12h", TtlS, json!(129_600)),
        ("1m", TtlMs, json!(60_000)),
        ("2w", TtlText, json!("14d")),
        ("36H", TtlText, json!("36h")),
        ("90 minutes", TtlText, json!("90m")),
        ("2026-11-20T10:00:07Z", TtlText, json!("7s")),
        ("2w", TtlHours, json!("336h")),
        ("90 minutes", TtlHours, json!("90m")),
    ];
    for (text, format, wire) in cases {
        assert_eq!(sent("", text, format), Ok(Some(wire)), "{text}");
    }
}

#[test]
fn never_is_sent_only_where_the_backend_has_it() {
    let epoch = TimeFormat::EpochS;
    assert_eq!(
        sent("never = [64723363199, 0]", "Never", epoch),
        Ok(Some(json!(64_723_363_199_i64)))
    );
    assert_eq!(
        sent("empty = \"null\"", "never", epoch),
        Ok(Some(Value::Null))
    );
    assert!(
        sent("", "never", epoch)
            .unwrap_err()
            .contains("leave the field empty")
    );
    assert!(
        sent("required = true", "never", epoch)
            .unwrap_err()
            .contains("must end")
    );
    assert_eq!(sent("", "  ", epoch), Ok(None));
    assert_eq!(sent("empty = \"null\"", "", epoch), Ok(Some(Value::Null)));
}

#[test]
fn a_mistyped_expiry_says_what_to_write() {
    let fault = |text| sent("", text, TimeFormat::Date).unwrap_err();
    assert_eq!(fault("30").split(':').next(), Some("30 has no unit"));
    assert!(fault("soon").contains("write 30d"));
    assert!(fault("2020-01-01").contains("not in the future"));
    assert!(fault("-3d").contains("not in the future"));
    assert!(fault("0d").contains("not in the future"));
    assert!(fault("9000y").contains("too far"));
    assert!(fault("2h").contains("tomorrow or later"));
}

#[test]
fn a_clone_starts_with_what_would_be_typed() {
    let now = now();
    let search = field("never = [64723363199]\nformat = \"epoch_s\"");
    assert_eq!(typed(&search, Cell::Never, now), "never");
    assert_eq!(typed(&field(""), Cell::Never, now), "");
    let midnight = Moment::read("2027-01-31").unwrap();
    assert_eq!(typed(&search, Cell::Time(midnight), now), "2027-01-31");
    assert_eq!(typed(&search, Cell::Time(now), now), "");
    assert_eq!(typed_wire(&search, &json!(64_723_363_199_i64)), "never");
    assert_eq!(typed_wire(&search, &json!(1_795_168_800)), NOW);
    assert_eq!(
        typed_wire(&field("format = \"ttl_s\""), &json!(3600)),
        "3600s"
    );
    assert_eq!(typed_wire(&field(""), &json!("30d")), "30d");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_moment_survives_being_written(micros in -62_000_000_000_000_000_i64..250_000_000_000_000_000) {
        let moment = Moment::from_micros(micros);
        prop_assert_eq!(Moment::read(&moment.rfc3339()), Some(moment));
    }

    #[test]
    fn any_moment_can_be_shown(micros in any::<i64>(), now in any::<i64>()) {
        let (moment, now) = (Moment::from_micros(micros), Moment::from_micros(now));
        prop_assert!(!moment.relative(now).is_empty());
        prop_assert!(!moment.date_time(&TimeZone::UTC).is_empty());
    }

    #[test]
    fn no_text_breaks_the_readers(text in "\\PC{0,24}|[-+0-9.:TZ ]{0,30}|[0-9]{1,12}[a-z]{1,3}") {
        if let Some(moment) = Moment::read(&text) {
            prop_assert_eq!(Moment::read(&moment.rfc3339()), Some(moment));
        }
        if let Ok(Some(Value::Number(at))) = sent("", &text, TimeFormat::EpochMs) {
            prop_assert!(at.as_i64() >= Some(now().micros() / 1000));
        }
    }

    #[test]
    fn days_from_now_are_days(days in 1..3000_i64) {
        let at = sent("", &format!("{days}d"), TimeFormat::EpochMs).unwrap().unwrap();
        prop_assert_eq!(at.as_i64(), Some((now().micros() + days * DAY) / 1000));
    }
}
