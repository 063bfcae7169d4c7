//! Looks for a secret in the whole memory of a process: as text, in wider characters or in cells of any
//! width, in base64 and in hexadecimal digits, and for any half of it. Needs the rights of a debugger.

use std::{
    fmt,
    fs::{self, File},
    os::unix::fs::FileExt as _,
};

use base64::{Engine as _, engine::general_purpose};
use rustix::process::Pid;

const PAGE: usize = 4096;
/// Characters in a row that count as a piece: what a list shows of a key is shorter.
const PIECE: usize = 12;
/// The widest cell that is looked for: ratatui's take 40 bytes.
const WIDEST: usize = 64;

/// One piece of the secret somewhere in memory.
pub struct Found {
    /// How it is written.
    form: String,
    /// The piece's first character in the secret.
    from: usize,
    address: usize,
    /// The mapping, as the system names it.
    mapping: String,
    /// What stands around it.
    around: String,
}

impl Found {
    /// It stands there as it is.
    pub fn is_text(&self) -> bool {
        self.form == "text"
    }

    /// Its characters stand apart, as those of a screen do.
    pub fn is_in_cells(&self) -> bool {
        self.form.starts_with("cells")
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\n  {} from character {} at {:#x} in {}: {}",
            self.form, self.from, self.address, self.mapping, self.around
        )
    }
}

/// What was looked through, and what was found there.
pub struct Scan {
    pub found: Vec<Found>,
    /// Bytes that are not zero-filled pages.
    pub bytes: usize,
}

impl Scan {
    /// Looks through all memory that a process can write or could have written.
    pub fn of(process: Pid, secret: impl AsRef<[u8]>) -> Self {
        let needle = Needle::of(secret);
        let id = process.as_raw_pid();
        let maps = fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
        let memory = File::open(format!("/proc/{id}/mem")).unwrap();
        let mut scan = Self {
            found: Vec::new(),
            bytes: 0,
        };
        for line in maps.lines() {
            let Some(mapping) = Mapping::of(line) else {
                continue;
            };
            for (address, bytes) in mapping.runs(&memory) {
                scan.bytes += bytes.len();
                scan.found.extend(needle.find(&bytes, address, line));
            }
        }
        scan
    }
}

/// The pieces of a secret in some bytes.
pub fn pieces(bytes: &[u8], secret: &str) -> Vec<Found> {
    Needle::of(secret).find(bytes, 0, "these bytes")
}

/// Readable memory that is not simply a file's content.
struct Mapping {
    start: usize,
    end: usize,
}

impl Mapping {
    fn of(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (start, end) = words.next()?.split_once('-')?;
        let rights = words.next()?;
        let file = words.nth(3).unwrap_or("");
        let is_code = file.starts_with('/') && !rights.contains('w');
        if !rights.starts_with('r') || is_code || file == "[vvar]" || file == "[vsyscall]" {
            return None;
        }
        let number = |text| usize::from_str_radix(text, 16).unwrap();
        Some(Self {
            start: number(start),
            end: number(end),
        })
    }

    /// The pages in a row that hold anything, with their addresses.
    fn runs(&self, memory: &File) -> Vec<(usize, Vec<u8>)> {
        let mut runs: Vec<(usize, Vec<u8>)> = Vec::new();
        let mut page = [0; PAGE];
        for address in (self.start..self.end).step_by(PAGE) {
            let read = memory.read_exact_at(&mut page, address as u64);
            if read.is_err() || page == [0; PAGE] {
                continue;
            }
            match runs.last_mut() {
                Some((start, bytes)) if *start + bytes.len() == address => {
                    bytes.extend_from_slice(&page);
                }
                _ => runs.push((address, page.to_vec())),
            }
        }
        runs
    }
}

/// A piece in one way of writing.
struct Pattern {
    form: &'static str,
    from: usize,
    bytes: Vec<u8>,
}

/// All that a secret is looked for as.
struct Needle {
    patterns: Vec<Pattern>,
    /// Which patterns begin with these two bytes.
    begins: Vec<Vec<usize>>,
    /// Pieces whose characters may stand apart, with their first characters' places.
    apart: Vec<(usize, Vec<u8>)>,
    /// Which of those begin with this byte.
    apart_begins: Vec<Vec<usize>>,
}

impl Needle {
    fn of(secret: impl AsRef<[u8]>) -> Self {
        let secret = secret.as_ref();
        assert!(secret.len() >= 2 * PIECE, "too short to be found by halves");
        let last = secret.len() - PIECE;
        let mut patterns = Vec::new();
        let mut add = |form, from, text: &[u8]| {
            patterns.push(Pattern {
                form,
                from,
                bytes: text.to_vec(),
            });
        };
        for from in 0..=last {
            let piece = &secret[from..from + PIECE];
            if from % 4 == 0 || from == last {
                let hex = hexadecimal(piece);
                add("text", from, piece);
                add("hexadecimal", from, hex.as_bytes());
                add("hexadecimal", from, hex.to_uppercase().as_bytes());
            }
            // In base64 a piece is written so wherever three bytes before it are whole groups: of any three
            // neighbours one is.
            let encoded = general_purpose::STANDARD.encode(piece);
            add("base64", from, encoded.as_bytes());
            let encoded = general_purpose::URL_SAFE.encode(piece);
            add("base64url", from, encoded.as_bytes());
        }
        let mut begins = vec![Vec::new(); 1 << 16];
        for (at, pattern) in patterns.iter().enumerate() {
            begins[pair(pattern.bytes[0], pattern.bytes[1])].push(at);
        }
        let places = (0..last).step_by(PIECE).chain([last]);
        let apart: Vec<_> = places
            .map(|from| (from, secret[from..from + PIECE].to_vec()))
            .collect();
        let mut apart_begins = vec![Vec::new(); 1 << 8];
        for (at, (_, piece)) in apart.iter().enumerate() {
            apart_begins[usize::from(piece[0])].push(at);
        }
        Self {
            patterns,
            begins,
            apart,
            apart_begins,
        }
    }

    fn find(&self, bytes: &[u8], address: usize, mapping: &str) -> Vec<Found> {
        let mut found = Vec::new();
        let mut add = |form: String, from, at: usize, length: usize| {
            let around = &bytes[at.saturating_sub(48)..(at + length + 48).min(bytes.len())];
            found.push(Found {
                form,
                from,
                address: address + at,
                mapping: mapping.to_owned(),
                around: around.escape_ascii().to_string(),
            });
        };
        let mut before = 0;
        for (at, byte) in bytes.iter().enumerate() {
            for which in &self.begins[pair(before, *byte)] {
                let pattern = &self.patterns[*which];
                // `before` stands one byte earlier.
                if bytes[at.saturating_sub(1)..].starts_with(&pattern.bytes) {
                    add(
                        pattern.form.to_owned(),
                        pattern.from,
                        at - 1,
                        pattern.bytes.len(),
                    );
                }
            }
            for which in &self.apart_begins[usize::from(*byte)] {
                let (from, piece) = &self.apart[*which];
                for wide in 2..=WIDEST {
                    if stands_apart(bytes, at, piece, wide) {
                        add(format!("cells of {wide} bytes"), *from, at, wide * PIECE);
                    }
                }
            }
            before = *byte;
        }
        found
    }
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digit = |half: u8| char::from_digit(u32::from(half), 16).unwrap();
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(digit).collect()
}

fn pair(first: u8, second: u8) -> usize {
    usize::from(first) << 8 | usize::from(second)
}

fn stands_apart(bytes: &[u8], at: usize, piece: &[u8], wide: usize) -> bool {
    bytes.get(at + wide) == Some(&piece[1])
        && piece
            .iter()
            .enumerate()
            .all(|(number, byte)| bytes.get(at + number * wide) == Some(byte))
}

#[test]
fn a_secret_is_found_however_it_is_written() {
    const SECRET: &str = "Zq7Vd3canaryXw9Lp2Rt5Kj8Hn4Gb6";
    let find = |bytes: &[u8]| -> Vec<String> {
        let found = Needle::of(SECRET).find(bytes, 0, "");
        found.into_iter().map(|found| found.form).collect()
    };
    assert_eq!(find(&SECRET.as_bytes().repeat(20)[..11]), [""; 0]);
    for half in [&SECRET[..15], &SECRET[15..]] {
        let hex = hexadecimal(half.as_bytes());
        let utf16: Vec<u8> = half.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cells: Vec<u8> = half
            .bytes()
            .flat_map(|byte| [&[byte], [0xAA; 39].as_slice()].concat())
            .collect();
        let mut ways = vec![
            (half.as_bytes().to_vec(), "text"),
            (hex.clone().into_bytes(), "hexadecimal"),
            (hex.to_uppercase().into_bytes(), "hexadecimal"),
            (utf16, "cells of 2 bytes"),
            (cells, "cells of 40 bytes"),
        ];
        for before in ["", "a", "ab"] {
            let text = format!("{before}{half}");
            ways.push((
                general_purpose::STANDARD.encode(text).into_bytes(),
                "base64",
            ));
        }
        for (bytes, form) in ways {
            let bytes = [b"--".as_slice(), &bytes, b"--"].concat();
            let found = find(&bytes);
            assert!(
                found.iter().any(|found| found == form),
                "{form}: {found:?} in {}",
                bytes.escape_ascii()
            );
        }
    }
}
