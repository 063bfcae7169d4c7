use std::borrow::Cow;

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{DefaultIgnorableCodePoint, GeneralCategory as Category},
};
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

use super::{Lookalike, Text, cluster};

fn shown(text: &str) -> Cow<'_, str> {
    Text::new(text).shown()
}

#[test]
fn text_that_needs_no_mark_is_borrowed() {
    for text in [
        "plain",
        "Grüße, 東京 и ключ",
        "👩‍👩‍👧 🏳️‍🌈 1️⃣ 🇩🇪 👍🏽",
        "한국어",
        "e\u{301}",
    ] {
        assert!(
            matches!(shown(text), Cow::Borrowed(same) if same == text),
            "{text}"
        );
    }
}

#[test]
fn what_moves_or_hides_becomes_a_mark() {
    let cases = [
        ("a\u{1b}[31mb", "a␛[31mb"),
        ("two\nlines\tand\rmore\u{0}", "two␊lines␉and␍more␀"),
        ("\u{7f}\u{9b}2J", "␡‹U+009B›2J"),
        ("key\u{202e}gpj", "key‹U+202E›gpj"),
        ("a\u{200b}b\u{200d}c\u{feff}", "a‹U+200B›b‹U+200D›c‹U+FEFF›"),
        ("soft\u{ad}hyphen\u{2028}", "soft‹U+00AD›hyphen‹U+2028›"),
        ("tag\u{e0041}", "tag‹U+E0041›"),
        ("x\u{fe0f} 1\u{fe0f}", "x‹U+FE0F› 1‹U+FE0F›"),
        ("\u{e000}\u{10ffff}\u{378}", "‹U+E000›‹U+10FFFF›‹U+0378›"),
        ("a\u{a0}b\u{3164}\u{2800}", "a‹U+00A0›b‹U+3164›‹U+2800›"),
        ("\u{301}alone", "◌\u{301}alone"),
    ];
    for (text, expected) in cases {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn a_cell_keeps_four_combining_marks_and_says_how_many_went() {
    let zalgo = format!("z{}!", "\u{300}".repeat(2000));
    assert_eq!(shown(&zalgo), "z\u{300}\u{300}\u{300}\u{300}‹+1996›!");
}

#[test]
fn lines_are_kept_where_a_field_has_several() {
    let lines: Vec<_> = Text::new("Host a\r\n  User\u{1b} b\n")
        .shown_lines()
        .collect();
    assert_eq!(lines, ["Host a", "  User␛ b", ""]);
}

#[test]
fn names_that_pass_for_others_are_told() {
    let alone = |text| Text::new(text).lookalike();
    assert_eq!(alone("pr\u{43e}d"), Some(Lookalike::MixedScripts));
    assert_eq!(alone("\u{430}-key"), Some(Lookalike::ForeignLetters));
    assert_eq!(alone("ａｄｍｉｎ"), Some(Lookalike::ForeignLetters));
    assert_eq!(alone("\u{3b1}dmin"), Some(Lookalike::MixedScripts));
    for honest in [
        "prod",
        "café",
        "Москва prod",
        "東京タワー",
        "한국 key",
        "naïve-1",
    ] {
        assert_eq!(alone(honest), None, "{honest}");
    }
    let skeleton = |name| Text::new(name).skeleton();
    for twin in ["pr\u{f6}d", "pr\u{43e}d\u{200b}", "PROD"] {
        assert_eq!(skeleton(twin), skeleton("prod"), "{twin}");
    }
    assert_ne!(skeleton("other"), skeleton("prod"));
}

#[test]
fn the_escaped_form_is_ascii_and_tells_alike_names_apart() {
    assert_eq!(
        Text::new("pr\u{430}d\\\n").escaped(),
        "pr\\u{0430}d\\\\\\u{000a}"
    );
}

#[test]
fn what_is_ignorable_and_what_hides_is_what_other_tables_of_unicode_say() {
    let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
    for char in '\0'..=char::MAX {
        assert_eq!(
            cluster::is_ignorable(char),
            ignorable.contains(char),
            "{char:?}"
        );
        let category = CodePointMapData::<Category>::new().get(char);
        let hidden = matches!(
            category,
            Category::Control
                | Category::Format
                | Category::LineSeparator
                | Category::ParagraphSeparator
                | Category::PrivateUse
                | Category::Unassigned
        );
        assert!(cluster::hides(char) || !hidden, "{char:?} is {category:?}");
    }
}

/// Text with more of what does harm than chance would give.
fn hostile() -> impl Strategy<Value = String> {
    let char = prop_oneof![
        any::<char>(),
        proptest::char::range('\u{0}', '\u{ff}'),
        proptest::char::range('\u{300}', '\u{36f}'),
        proptest::char::range('\u{1100}', '\u{11ff}'),
        proptest::char::range('\u{2000}', '\u{206f}'),
        proptest::char::range('\u{1f1e6}', '\u{1f64f}'),
        proptest::sample::select(vec![
            '\u{200d}',
            '\u{fe0f}',
            '\u{20e3}',
            '1',
            '👩',
            '🏽',
            '\u{94d}',
            '\u{915}',
            '\u{d4e}',
            '\u{600}',
            '\u{e0061}',
            '◌',
            '‹',
            '\u{34f}',
        ]),
    ];
    proptest::collection::vec(char, 0..60).prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_moves_or_hides_survives(text in hostile()) {
        let out = shown(&text);
        let mut before = ' ';
        for char in out.chars() {
            let allowed = match char {
                '\u{200d}' | '\u{fe0e}' | '\u{fe0f}' => !before.is_alphabetic(),
                _ => !matches!(
                    CodePointMapData::<Category>::new().get(char),
                    Category::Control | Category::Format | Category::LineSeparator
                        | Category::ParagraphSeparator | Category::PrivateUse | Category::Unassigned
                ),
            };
            prop_assert!(allowed, "{:?} in {:?}", char, out);
            before = char;
        }
    }

    #[test]
    fn every_cell_has_a_width_and_a_bound(text in hostile()) {
        let out = shown(&text);
        for cell in out.graphemes(true) {
            prop_assert!(cell.width() > 0, "{:?}", cell);
            prop_assert!(cell.len() <= 64, "{:?}", cell);
        }
    }

    #[test]
    fn showing_twice_changes_nothing(text in hostile()) {
        let once = shown(&text).into_owned();
        prop_assert_eq!(&*shown(&once), &*once);
    }

    #[test]
    fn every_name_has_a_skeleton_and_an_escaped_form(name in hostile()) {
        let text = Text::new(&name);
        let _ = text.lookalike();
        prop_assert!(!text.skeleton().chars().any(char::is_uppercase) || !name.is_ascii());
        prop_assert!(text.escaped().is_ascii());
    }
}
