//! The text of a file of variables: where the values of one name stand, and how a value is written so
//! that a shell and the common readers of such files all get the same back. What they would read
//! differently is refused.

use std::ops::Range;

use zeroize::Zeroizing;

/// A value as it is written: bare where nobody could misread it, else in quotes.
pub fn written(value: &str) -> Result<Zeroizing<String>, String> {
    let bare = |byte: u8| byte.is_ascii_alphanumeric() || b"_./:@%+,-=".contains(&byte);
    if value.contains(['\n', '\r', '\0']) {
        return Err(
            "the value has several lines, which not every reader of such files takes".into(),
        );
    }
    if !value.is_empty() && value.bytes().all(bare) && !value.starts_with('=') {
        return Ok(Zeroizing::new(value.to_owned()));
    }
    let quote = match value.contains('\'') {
        false if value.contains("\\\\") || value.ends_with('\\') || value.contains("${") => {
            return Err(unclear("\\\\ or ${"));
        }
        false => '\'',
        true if value.contains(['"', '\\', '$', '`']) => {
            return Err(unclear("' beside \" \\ $ or `"));
        }
        true => '"',
    };
    let mut text = Zeroizing::new(String::with_capacity(value.len() + 2));
    text.push(quote);
    text.push_str(value);
    text.push(quote);
    Ok(text)
}

fn unclear(what: &str) -> String {
    format!("the value has {what}, which readers of such files take differently")
}

/// The file with a name set: every value that it has there, so that all readers agree, else a new line.
pub fn with(old: &[u8], name: &str, value: &str) -> Zeroizing<Vec<u8>> {
    let places = values(old, name);
    // Reserved at once: growing would leave copies behind.
    let most = old.len() + (places.len() + 1) * (name.len() + value.len() + 4);
    let mut new = Zeroizing::new(Vec::with_capacity(most));
    let mut done = 0;
    for place in &places {
        new.extend_from_slice(part(old, done..place.start));
        new.extend_from_slice(value.as_bytes());
        done = place.end;
    }
    new.extend_from_slice(part(old, done..old.len()));
    if places.is_empty() {
        let end: &[u8] = if old.ends_with(b"\r\n") {
            b"\r\n"
        } else {
            b"\n"
        };
        if !old.is_empty() && !old.ends_with(b"\n") {
            new.extend_from_slice(end);
        }
        for piece in [name.as_bytes(), b"=", value.as_bytes(), end] {
            new.extend_from_slice(piece);
        }
    }
    new
}

fn part(bytes: &[u8], range: Range<usize>) -> &[u8] {
    bytes.get(range).unwrap_or_default()
}

/// Where the values of a name stand.
fn values(bytes: &[u8], name: &str) -> Vec<Range<usize>> {
    let mut reader = Reader { bytes, at: 0 };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        reader.at = 3;
    }
    let mut found = Vec::new();
    while reader.peek().is_some() {
        if let Some(assigned) = reader.name() {
            let value = reader.value();
            if assigned == name.as_bytes() {
                found.push(value);
            }
        }
        reader.line_end();
    }
    found
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip(&mut self, skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skipped) {
            self.at += 1;
        }
    }

    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        self.skip(|byte| byte.is_ascii_alphanumeric() || b"_.-".contains(&byte));
        part(self.bytes, start..self.at)
    }

    /// The name that this line assigns to, read up to its value; none in a comment or anything else.
    fn name(&mut self) -> Option<&'a [u8]> {
        self.skip(blank);
        let mut name = self.word();
        if name == b"export" && self.peek().is_some_and(blank) {
            self.skip(blank);
            name = self.word();
        }
        self.skip(blank);
        if name.is_empty() || self.peek() != Some(b'=') {
            return None;
        }
        self.at += 1;
        self.skip(blank);
        Some(name)
    }

    /// The value, without blanks or a comment after it. Quotes at its start may hold several lines, later
    /// ones end in theirs.
    fn value(&mut self) -> Range<usize> {
        let start = self.at;
        let mut end = start;
        while let Some(byte) = self.peek() {
            match byte {
                b'\n' => break,
                b'#' if self.at > start && end < self.at => break,
                b'\'' | b'"' => self.at += self.quoted(byte, self.at == start).unwrap_or(1),
                b'\\'
                    if self
                        .rest()
                        .get(1)
                        .is_some_and(|next| *next != b'\n' && *next != b'\r') =>
                {
                    self.at += 2;
                }
                _ => self.at += 1,
            }
            if !blank(byte) && byte != b'\r' {
                end = self.at;
            }
        }
        start..end
    }

    /// The length of what a quote opens here, both quotes included; none when nothing closes it.
    fn quoted(&self, quote: u8, lines: bool) -> Option<usize> {
        let mut escaped = false;
        for (at, byte) in self.rest().iter().enumerate().skip(1) {
            match *byte {
                _ if escaped => escaped = false,
                b'\\' if quote == b'"' => escaped = true,
                b'\n' if !lines => return None,
                byte if byte == quote => return Some(at + 1),
                _ => {}
            }
        }
        None
    }

    fn line_end(&mut self) {
        self.skip(|byte| byte != b'\n');
        self.at += 1;
    }
}

fn blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn set(old: &str, new: &str) {
        let got = with(old.as_bytes(), "K", "v2");
        assert_eq!(std::str::from_utf8(&got).unwrap(), new);
    }

    #[test]
    fn a_new_name_is_a_line_of_its_own_at_the_end() {
        set("", "K=v2\n");
        set("A=1\n", "A=1\nK=v2\n");
        set("A=1", "A=1\nK=v2\n");
        set("A=1\r\n", "A=1\r\nK=v2\r\n");
        set("# K=1\nKK=1\nA_K=1\nK\n", "# K=1\nKK=1\nA_K=1\nK\nK=v2\n");
    }

    #[test]
    fn a_known_name_gets_another_value_and_every_other_byte_stays() {
        set("A=1\nK=v1\nB=2\n", "A=1\nK=v2\nB=2\n");
        set("K=v1", "K=v2");
        set("K=\n", "K=v2\n");
        set(
            "  export\tK=v1 # why\nB='x\n",
            "  export\tK=v2 # why\nB='x\n",
        );
        set("K = 'a b'  \r\nB=1\n", "K = v2  \r\nB=1\n");
        set("K=a#b\n", "K=v2\n");
        set("K='it'\\''s' #x\n", "K=v2 #x\n");
        set("\u{feff}K=1\n", "\u{feff}K=v2\n");
        set("K=\"a\\\"b\nc\"\nB=1\n", "K=v2\nB=1\n");
        set("K=it's\nB='1'\n", "K=v2\nB='1'\n");
    }

    #[test]
    fn all_values_of_a_name_change_for_some_readers_take_the_first_and_some_the_last() {
        set("K=1\nA=1\nexport K=2\n", "K=v2\nA=1\nexport K=v2\n");
    }

    #[test]
    fn a_line_within_a_value_of_several_lines_is_no_name() {
        let key = "PEM=\"-----BEGIN\nK=inside\n-----END\"\n";
        set(key, &format!("{key}K=v2\n"));
        let key = "PEM='\nK=inside\n'\nK=v1\n";
        set(key, "PEM='\nK=inside\n'\nK=v2\n");
    }

    #[test]
    fn bytes_that_are_no_text_stay() {
        let got = with(b"A=\xff\xfe\nK=\xff\n", "K", "v2");
        assert_eq!(got.as_slice(), b"A=\xff\xfe\nK=v2\n");
    }

    #[test]
    fn a_value_is_bare_or_quoted_as_all_readers_take_it_or_refused() {
        for (value, text) in [
            ("sk-Ab_1.2/3:4@5%6+7,8=", "sk-Ab_1.2/3:4@5%6+7,8="),
            ("", "''"),
            ("=a", "'=a'"),
            ("a b#c$d`e\"f!*~", "'a b#c$d`e\"f!*~'"),
            ("a\\b", "'a\\b'"),
            ("ü", "'ü'"),
            ("it's", "\"it's\""),
        ] {
            assert_eq!(written(value).unwrap().as_str(), text);
        }
        for value in [
            "a\nb", "a\r", "\0", "a\\\\b", "a\\", "${A}", "'\"", "'$A", "'`", "'\\",
        ] {
            assert!(written(value).is_err(), "{value:?}");
        }
    }
}
