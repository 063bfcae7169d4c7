//! JSON that a terminal may show: whatever is not seen, moves or reorders stands as `\u` escapes, which
//! a parser reads back exactly.

use std::io;

use serde::Serialize;
use serde_json::{Serializer, Value, ser::Formatter};

use crate::record::text::hides;

/// A document on one line.
#[must_use]
pub fn to_json(value: &Value) -> String {
    let mut out = Vec::new();
    let written = value.serialize(&mut Serializer::with_formatter(&mut out, Escaping));
    // Neither writing to memory nor a document without maps of other keys than text can fail.
    debug_assert!(written.is_ok(), "a document can be written");
    String::from_utf8(out).unwrap_or_default()
}

struct Escaping;

impl Formatter for Escaping {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if fragment.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut units = [0; 2];
        let mut bytes = [0; 4];
        for char in fragment.chars() {
            if hides(char) {
                for unit in char.encode_utf16(&mut units) {
                    write!(out, "\\u{unit:04x}")?;
                }
            } else {
                out.write_all(char.encode_utf8(&mut bytes).as_bytes())?;
            }
        }
        Ok(())
    }
}
