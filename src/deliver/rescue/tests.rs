use std::os::unix::fs::symlink;

use super::{
    super::fixture::{folder_with, mode, names, secret, set_mode},
    *,
};

const KEPT: &str =
    "the key itself exists: regenerate it where the service can, else delete it and create another";

fn two() -> [(String, Content); 2] {
    [
        ("ci \u{202e}key".to_owned(), secret("canary-1")),
        (
            "other".to_owned(),
            secret("canary-2\n ").of(Some("0000000000007".to_owned())),
        ),
    ]
}

fn runtime() -> (tempfile::TempDir, Surroundings) {
    let folder = tempfile::tempdir().unwrap();
    let around = Surroundings {
        runtime_folder: Some(folder.path().to_owned()),
        ..Surroundings::default()
    };
    (folder, around)
}

#[test]
fn secrets_left_in_the_runtime_folder_are_found_once_and_erased() {
    let (folder, around) = runtime();
    let words = rescue(Rescue::Runtime, &around, &two());
    let shown = folder.path().display();
    assert_eq!(
        words,
        [format!(
            "not saved when keyrack was ended: the secrets of ci ‹U+202E›key, other; they are in {shown}/keyrack until the next start of keyrack shows and erases them"
        )]
    );
    let inner = folder.path().join("keyrack");
    assert_eq!(mode(&inner), 0o700);
    for name in names(&inner) {
        assert_eq!(mode(&inner.join(name)), 0o600);
    }
    let (mut found, faults) = Rescued::find(folder.path());
    assert!(faults.is_empty());
    found.sort_by(|a, b| a.label.cmp(&b.label));
    let pairs: Vec<(&str, usize)> = found
        .iter()
        .map(|rescued| (rescued.label.as_str(), rescued.secret.chars()))
        .collect();
    let entries: Vec<_> = found.iter().map(|it| it.entry.as_deref()).collect();
    assert_eq!(entries, [None, Some("0000000000007")]);
    assert_eq!(pairs, [("ci \u{202e}key", 8), ("other", 10)]);
    assert_eq!(
        found[1].secret.fingerprint(),
        Secret::new(Zeroizing::new("canary-2\n ".to_owned())).fingerprint()
    );
    assert!(!format!("{found:?}").contains("canary"));
    for rescued in &found {
        rescued.erase().unwrap();
        rescued.erase().unwrap();
    }
    assert!(names(&inner).is_empty());
    assert!(Rescued::find(folder.path()).0.is_empty());
}

#[test]
fn a_rescue_folder_that_others_could_have_made_is_not_used() {
    let (folder, around) = runtime();
    let inner = folder.path().join("keyrack");
    let elsewhere = tempfile::tempdir().unwrap();
    symlink(elsewhere.path(), &inner).unwrap();
    let words = rescue(Rescue::Runtime, &around, &two());
    assert!(words[0].ends_with("is a symbolic link"), "{words:?}");
    assert_eq!(words[1], KEPT);
    assert!(names(elsewhere.path()).is_empty());
    fs::remove_file(&inner).unwrap();
    fs::create_dir(&inner).unwrap();
    set_mode(&inner, 0o750);
    let words = rescue(Rescue::Runtime, &around, &two());
    assert!(
        words[0].contains("correct it with: chmod 700 "),
        "{words:?}"
    );
    assert!(names(&inner).is_empty());
    set_mode(&inner, 0o700);
    fs::write(inner.join("rescue-1"), "a\nb").unwrap();
    set_mode(&inner.join("rescue-1"), 0o644);
    let (found, faults) = Rescued::find(folder.path());
    assert!(found.is_empty());
    assert!(faults[0].contains("chmod 600"), "{faults:?}");
}

#[test]
fn what_cannot_be_kept_is_told_without_a_word_of_the_secret() {
    let nowhere = Surroundings::default();
    for (way, why) in [
        (Rescue::Off, "rescue = \"off\" in the config"),
        (Rescue::Holder, "there is no display"),
        (
            Rescue::Runtime,
            "there is no runtime folder (XDG_RUNTIME_DIR)",
        ),
    ] {
        let words = rescue(way, &nowhere, &two()[1..]);
        assert_eq!(
            words,
            [
                format!(
                    "not saved when keyrack was ended: the secret of other; it was not kept: {why}"
                ),
                KEPT.to_owned()
            ]
        );
    }
    assert!(rescue(Rescue::Holder, &nowhere, &[]).is_empty());
    let kept = keep(Rescue::Off, &nowhere, &two()[1..]).unwrap_err();
    assert!(kept[0].starts_with("not saved: the secret of other; "));
}

/// A holder that is a script and keeps what it is given.
const HOLDER: &str = r#"#!/bin/sh
if [ "$2" = --read-back ]; then exec cat DIR/held; fi
read -r order
echo "$order" > DIR/order
set -- $order
head -c "$3" > DIR/held
echo owned X11
cat > /dev/null
"#;

#[test]
fn the_clipboard_gets_one_secret_alone_and_several_a_line_each() {
    let (folder, around) = folder_with("keyrack", HOLDER);
    let around = Surroundings {
        x11: true,
        display: around.inherited.clone(),
        ..around
    };
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let words = rescue(Rescue::Holder, &around, &two()[1..]);
    assert_eq!(
        words,
        [
            "not saved when keyrack was ended: the secret of other; it is on the clipboard (X11) for 10 min"
        ]
    );
    assert_eq!(read("held"), "canary-2\n ");
    assert_eq!(read("order"), "hold secret 10 600000\n");
    let words = rescue(Rescue::Holder, &around, &two());
    assert_eq!(
        words,
        [
            "not saved when keyrack was ended: the secrets of ci ‹U+202E›key, other; they are on the clipboard (X11) for 10 min, a line each"
        ]
    );
    assert_eq!(
        read("held"),
        "ci \u{202e}key: canary-1\nother: canary-2\n \n"
    );
}

#[test]
fn a_rescue_from_a_display_that_hangs_ends_within_two_seconds() {
    let (_folder, around) = folder_with("keyrack", "#!/bin/sh\nexec sleep 1000\n");
    let around = Surroundings {
        x11: true,
        display: around.inherited.clone(),
        ..around
    };
    let started = Instant::now();
    let words = rescue(Rescue::Holder, &around, &two());
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(
        words[0].ends_with("they were not kept: the display does not answer"),
        "{words:?}"
    );
}
