//! What the chain of hashes shows, and what it cannot.

use super::*;

/// The journal with its lines changed.
fn with_lines(change: impl FnOnce(&mut Vec<String>)) -> Kept {
    let kept = Kept::with(4);
    let mut lines = kept.lines();
    change(&mut lines);
    kept.rewrite(&(lines.join("\n") + "\n"));
    kept
}

#[test]
fn a_journal_as_it_was_written_is_whole() {
    let kept = Kept::with(4);
    let verified = kept.journal.verify().unwrap();
    assert_eq!((verified.lines, verified.broken), (8, None));
    assert!(verified.torn.is_empty());
    assert_eq!(
        verified.last,
        crate::journal::chain::hash(kept.lines()[7].as_bytes())
    );
    assert_eq!(Kept::new().journal.verify().unwrap().lines, 0);
}

#[test]
fn the_first_line_follows_from_nothing() {
    let kept = Kept::with(1);
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert!(kept.text().starts_with(&format!("{{\"prev\":\"{empty}\"")));
}

#[test]
fn a_changed_line_breaks_the_chain_after_it() {
    let changed = with_lines(|lines| lines[2] = lines[2].replace("key 1", "key 7"));
    assert_eq!(changed.broken(), Some(4));
    let noise = with_lines(|lines| lines[2] = "noise".to_owned());
    assert_eq!(noise.broken(), Some(3));
}

#[test]
fn a_removed_line_breaks_the_chain() {
    for at in 0..7 {
        let kept = with_lines(|lines| drop(lines.remove(at)));
        assert_eq!(kept.broken(), Some(at + 1));
    }
}

#[test]
fn a_line_put_in_between_breaks_the_chain() {
    for at in 0..8 {
        let kept = with_lines(|lines| lines.insert(at, lines[5].clone()));
        assert!(kept.broken().is_some(), "{at}");
    }
    assert_eq!(
        with_lines(|lines| lines.insert(3, String::new())).broken(),
        Some(5)
    );
}

#[test]
fn lines_in_another_order_break_the_chain() {
    for at in 0..7 {
        let kept = with_lines(|lines| lines.swap(at, at + 1));
        assert_eq!(kept.broken(), Some(at + 1));
    }
}

#[test]
fn a_cut_end_is_not_seen_by_the_chain() {
    let kept = with_lines(|lines| lines.truncate(5));
    assert_eq!(kept.broken(), None);
    assert_eq!(kept.journal.verify().unwrap().lines, 5);
}

#[test]
fn a_torn_last_line_is_told_and_the_next_one_follows_from_it() {
    let whole = Kept::with(2).text();
    let first = whole.lines().take(3).collect::<Vec<_>>().join("\n");
    for cut in first.len() + 1..whole.len() {
        let kept = Kept::with(0);
        kept.journal.begin(&create("makes the folder")).unwrap();
        kept.rewrite(&whole[..cut]);
        let before = kept.journal.read().unwrap().len();
        let id = kept.journal.begin(&create("after the crash")).unwrap();
        assert!(
            kept.text().starts_with(&whole[..cut]),
            "nothing is rewritten"
        );
        let verified = kept.journal.verify().unwrap();
        assert_eq!(verified.broken, None, "{cut}");
        // What lacks its end alone is whole.
        let torn = cut + 1 < whole.len() && cut > first.len() + 1;
        assert_eq!(
            verified.torn,
            if torn { vec![4] } else { Vec::new() },
            "{cut}"
        );
        let entries = kept.journal.read().unwrap();
        assert_eq!(entries.len(), before + 1);
        assert_eq!(entries.last().unwrap().id, id);
    }
}

#[test]
fn zeros_that_a_crash_left_are_a_torn_line() {
    let kept = Kept::with(1);
    kept.rewrite(&(kept.text() + "{\"prev\":\"" + &"\0".repeat(300)));
    assert_eq!(kept.journal.verify().unwrap().torn, [3]);
    kept.journal.begin(&create("a")).unwrap();
    assert_eq!(kept.broken(), None);
}

#[test]
fn a_line_is_found_however_long_the_one_before_is() {
    let kept = Kept::new();
    for length in [0, 4_000, 4_096, 5_000, 70_000, 3] {
        kept.journal.begin(&create(&"x".repeat(length))).unwrap();
    }
    assert_eq!(kept.broken(), None);
    assert_eq!(kept.journal.read().unwrap().len(), 6);
}
