//! Tables of what terminals send, whole and in pieces.

use proptest::prelude::*;

use super::*;

/// What bytes are, in the notation of keys, however they are cut; `|` in them is a place where nothing more
/// is at hand.
fn told(bytes: &[u8]) -> Vec<String> {
    tokens(&[bytes])
}

/// The same for bytes that come in pieces, each with nothing behind it.
fn tokens(pieces: &[&[u8]]) -> Vec<String> {
    let mut sequences = Sequences::default();
    let mut told = Vec::new();
    for piece in pieces {
        sequences.take(piece, false, &mut |token| {
            told.push(match token {
                Token::Key(key) => key.to_string(),
                Token::Paste(text) => format!("paste {:?}", text.as_str()),
                Token::Focus(is_here) => format!("focus {is_here}"),
            });
        });
    }
    told
}

#[test]
fn keys_are_told_apart() {
    for (bytes, keys) in [
        ("a", "a"),
        ("G", "G"),
        ("é", "é"),
        ("日", "日"),
        ("😀", "😀"),
        (" ", "Space"),
        ("\r", "Enter"),
        ("\n", "ctrl-j"),
        ("\t", "Tab"),
        ("\x7f", "Backspace"),
        ("\x08", "ctrl-h"),
        ("\x01", "ctrl-a"),
        ("\x1a", "ctrl-z"),
        ("\x1c", "ctrl-4"),
        ("\x1b", "Esc"),
        ("\x1b\x1b", "Esc Esc"),
        ("\x1bx", "alt-x"),
        ("\x1bé", "alt-é"),
        ("\x1b\r", "alt-Enter"),
        ("\x1b]", "alt-]"),
        ("\x1b[A", "Up"),
        ("\x1bOA", "Up"),
        ("\x1b[B\x1b[C\x1b[D", "Down Right Left"),
        ("\x1b[1;5C", "ctrl-Right"),
        ("\x1b[1;3D", "alt-Left"),
        ("\x1b[1;2A", "Up"),
        ("\x1b\x1b[A", "Esc Up"),
        ("\x1b[H\x1b[F\x1bOH\x1bOF", "Home End Home End"),
        ("\x1b[1~\x1b[4~\x1b[7~\x1b[8~", "Home End Home End"),
        ("\x1b[3~\x1b[5~\x1b[6~", "Delete PageUp PageDown"),
        ("\x1b[3;5~", "ctrl-Delete"),
        ("\x1b[Z", "BackTab"),
        ("\x1bOP\x1bOQ\x1bOR\x1bOS", "F1 F2 F3 F4"),
        ("\x1b[1;5P\x1b[[A\x1b[[E", "ctrl-F1 F1 F5"),
        ("\x1b[11~\x1b[15~\x1b[17~\x1b[21~", "F1 F5 F6 F10"),
        ("\x1b[23~\x1b[24~\x1b[34~", "F11 F12 F20"),
        ("\x1b[97;5u\x1b[13u\x1b[9;2u", "ctrl-a Enter BackTab"),
        ("\x1b[97;1:3ub", "b"),
    ] {
        assert_eq!(told(bytes.as_bytes()).join(" "), keys, "{bytes:?}");
    }
}

#[test]
fn the_focus_and_pastes_are_no_keys() {
    assert_eq!(told(b"\x1b[I\x1b[O"), ["focus true", "focus false"]);
    assert_eq!(
        told("a\x1b[200~q\r\nd\x1b[A é\x1b[201~b".as_bytes()),
        ["a", "paste \"q\\r\\nd\\u{1b}[A é\"", "b"]
    );
    assert_eq!(told(b"\x1b[200~\x1b[201~"), ["paste \"\""]);
    assert_eq!(
        told(b"\x1b[200~\xff\x1b[20\x1b[201~"),
        ["paste \"\u{fffd}\\u{1b}[20\""]
    );
}

#[test]
fn what_is_no_key_is_dropped_and_the_next_key_counts() {
    for bytes in [
        b"\x1b[?1;2c".as_slice(),
        b"\x1b[12;40R",
        b"\x1b[<0;10;20M",
        b"\x1b[<0;9999999999M",
        b"\x1b[M !!",
        b"\x1b[32;10;20M",
        b"\x1b[999;999;999;999;999~",
        b"\x1b[2~",
        b"\x1b[201~",
        b"\x1b[[x",
        b"\x1bOx",
        b"\x1b[\x07",
        b"\xff",
        b"\xc0\xaf",
        b"\xe6\x97",
        b"\xf0\x9f",
        b"\xed\xa0\x80",
    ] {
        let with_next = [bytes, b"j"].concat();
        assert_eq!(told(&with_next), ["j"], "{}", bytes.escape_ascii());
    }
    // A sequence that never ends.
    let long = [b"\x1b[".as_slice(), &[b'1'; 100], b"~j"].concat();
    let told = told(&long);
    assert_eq!(told.last().map(String::as_str), Some("j"), "{told:?}");
    assert_eq!(super::tests::told(b"\x1b[1\x1b[A"), ["Up"]);
}

#[test]
fn a_sequence_may_come_in_pieces_but_a_lone_escape_is_a_key() {
    assert_eq!(tokens(&[b"\x1b[", b"1;5", b"C"]), ["ctrl-Right"]);
    assert_eq!(tokens(&[b"\x1bO", b"P"]), ["F1"]);
    assert_eq!(
        tokens(&["日".as_bytes().split_at(1).0, &"日".as_bytes()[1..]]),
        ["日"]
    );
    assert_eq!(tokens(&[b"\x1b", b"[A"]), ["Esc", "[", "A"]);
    let mut sequences = Sequences::default();
    let mut keys = Vec::new();
    sequences.take(b"\x1b", true, &mut |token| keys.push(token));
    assert_eq!(keys, []);
    sequences.take(b"[A", false, &mut |token| keys.push(token));
    assert_eq!(keys, [Token::Key(Key::plain(Code::Up))]);
}

#[test]
fn a_paste_is_kept_up_to_more_than_any_field_takes() {
    let paste = [b"\x1b[200~".as_slice(), &vec![b'x'; 10 << 20], END, b"j"].concat();
    let mut sequences = Sequences::default();
    let mut lengths = Vec::new();
    for piece in paste.chunks(4093) {
        sequences.take(piece, true, &mut |token| {
            lengths.push(match token {
                Token::Paste(text) => text.len(),
                _ => 1,
            });
        });
    }
    assert_eq!(lengths, [KEPT, 1]);
}

#[test]
fn nothing_stays_of_what_was_told() {
    let mut sequences = Sequences::default();
    sequences.take(
        b"\x1b[200~canary-in-a-paste\x1b[201~\x1b[1;5C\xc3",
        false,
        &mut drop,
    );
    assert!(sequences.paste.is_none());
    assert_eq!(*sequences.pending, [0xc3]);
    assert_eq!(sequences.pending.capacity(), LONGEST + 8, "it never moved");
}

proptest! {
    #[test]
    fn any_bytes_are_survived_and_the_pieces_do_not_matter(
        bytes in prop::collection::vec(prop_oneof![
            any::<u8>(),
            prop::sample::select(b"\x1b[O;0129~AMu<:".to_vec()),
        ], 0..200),
        cut in 0_usize..200,
    ) {
        let mut whole = Vec::new();
        Sequences::default().take(&bytes, false, &mut |token| whole.push(token));
        let (before, after) = bytes.split_at(cut.min(bytes.len()));
        let mut pieces = Vec::new();
        let mut sequences = Sequences::default();
        sequences.take(before, !after.is_empty(), &mut |token| pieces.push(token));
        sequences.take(after, false, &mut |token| pieces.push(token));
        prop_assert_eq!(whole, pieces);
    }
}
