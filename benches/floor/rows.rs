//! The rows that every program gets, as Typesense's answer for the console and as lines for the others; and
//! the server of that answer, for the demo makes no million keys in a bench's time.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Write},
    net::{TcpListener, TcpStream},
    sync::Arc,
    thread,
};

const WORDS: [[&str; 6]; 3] = [
    ["atlas", "beacon", "ledger", "quarry", "tidepool", "vision"],
    ["deploy", "ci", "indexer", "backup", "webhook", "monitor"],
    ["prod", "stage", "dev", "eu", "us", "test"],
];
/// 2026-01-01.
const START: u64 = 1_767_225_600;

/// A key with nothing secret.
pub struct Row {
    pub name: String,
    pub collection: String,
    /// Seconds since 1970.
    pub expires: u64,
}

impl Row {
    fn of(number: usize) -> Self {
        // The rows are in no order: a sort has work to do.
        let mixed = number.wrapping_mul(2_654_435_761) >> 3;
        let word = |list: usize, at: usize| {
            let words = WORDS.get(list).map_or(&[][..], |words| &words[..]);
            words.get(at % 6).copied().unwrap_or_default()
        };
        let (first, second) = (word(0, mixed), word(1, mixed / 6));
        let owner = mixed / 36 % 997;
        Self {
            name: format!(
                "{first}-{second}-{}-{number} of user{owner}@example.com",
                word(2, mixed / 216)
            ),
            collection: format!("shop-{}", mixed / 7 % 40),
            expires: START + u64::try_from(mixed % 63_072_000).unwrap_or(0),
        }
    }

    /// What others search in.
    pub fn line(&self) -> String {
        format!(
            "{} {} documents:search {}",
            self.name, self.collection, self.expires
        )
    }
}

/// This many rows.
pub fn rows(count: usize) -> impl Iterator<Item = Row> {
    (0..count).map(Row::of)
}

/// All lines of this many rows.
pub fn lines(count: usize) -> String {
    rows(count).fold(String::new(), |mut text, row| {
        let _ = writeln!(text, "{}", row.line());
        text
    })
}

/// Serves this many rows as a Typesense does until the bench ends; gives the address.
pub fn serve(count: usize) -> io::Result<String> {
    let body = Arc::new(body(count));
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = format!("http://{}", listener.local_addr()?);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let body = Arc::clone(&body);
            thread::spawn(move || answer(stream, &body));
        }
    });
    Ok(address)
}

fn body(count: usize) -> Vec<u8> {
    let mut text = String::from(r#"{"keys":["#);
    for (number, row) in rows(count).enumerate() {
        let comma = if number == 0 { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"id":{number},"description":"{}","actions":["documents:search"],"collections":["{}"],"expires_at":{},"value_prefix":"{:04x}"}}"#,
            row.name,
            row.collection,
            row.expires,
            number % 65_536
        );
    }
    text.push_str("]}");
    text.into_bytes()
}

/// Answers requests without a body, one after another.
fn answer(mut stream: TcpStream, keys: &[u8]) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while let Some(first) = lines.next().transpose()? {
        for line in lines.by_ref() {
            if line?.is_empty() {
                break;
            }
        }
        let body = if first.starts_with("GET /keys ") {
            keys
        } else {
            br#"{"ok":true}"#
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes())?;
        stream.write_all(body)?;
    }
    Ok(())
}
