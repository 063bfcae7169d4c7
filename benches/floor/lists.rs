//! Filter as one types, sort and memory at four lengths, of the console, the bare program and fzf over the
//! same rows.

use std::{error::Error, path::Path, time::Duration};

use super::{
    backend::{Context, config},
    probe::Probe,
    rows,
    table::Table,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const LENGTHS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];
/// Typed letter by letter; the million takes the first ones.
const WORDS: [&str; 6] = ["ledg", "user", "stag", "depl", "shop", "quar"];
const CLEAR: &str = "\x15";

/// A program that shows all rows and filters as one types.
struct Subject {
    program: String,
    arguments: Vec<String>,
    /// What its screen shows once all rows are there.
    ready: String,
    /// What begins a filter.
    filter: &'static str,
    /// After so long without output a key is settled.
    quiet: Duration,
    /// Keys before the one that sorts, and that one: by a text, by a time.
    sorts: [Option<(&'static str, &'static str)>; 2],
}

/// What one session gave: milliseconds, MiB.
#[derive(Default)]
struct Found {
    load: Vec<f64>,
    keys: Vec<f64>,
    sorts: [Vec<f64>; 2],
    memory: Vec<f64>,
    peak: Vec<f64>,
}

pub fn measure(fzf: bool) -> Result<Table> {
    let names = ["keyrack", "bare ratatui", "fzf", "fzf --exact"];
    let mut table = Table::new("rows · ms, MiB", &names);
    for length in LENGTHS {
        let home = tempfile::tempdir()?;
        let mut all = Vec::new();
        for subject in subjects(home.path(), length, fzf)? {
            all.push(subject.map_or(Ok(Found::default()), |one| one.found(length))?);
        }
        let mut line = |what: &str, part: fn(&Found) -> &Vec<f64>| {
            let cells = all.iter().map(|found| part(found).clone()).collect();
            table.add(format!("{length} {what}"), cells);
        };
        line("exec to all rows", |found| &found.load);
        line("filter, key to settled", |found| &found.keys);
        line("sort by text", |found| &found.sorts[0]);
        line("sort by time", |found| &found.sorts[1]);
        line("RSS", |found| &found.memory);
        line("RSS, peak", |found| &found.peak);
    }
    Ok(table)
}

fn subjects(home: &Path, length: usize, fzf: bool) -> Result<Vec<Option<Subject>>> {
    let slow = length > 100_000;
    let quiet = |slowest| Duration::from_millis(if slow { slowest } else { 200 });
    let context = Context {
        url: rows::serve(length)?,
        input: "api_key".to_owned(),
        credential: "0123456789abcdef".to_owned(),
    };
    let keyrack = Subject {
        program: env!("CARGO_BIN_EXE_keyrack").to_owned(),
        arguments: config(home, "rows", "typesense", &context)?,
        ready: "as of".to_owned(),
        filter: "/",
        quiet: quiet(500),
        sorts: [Some(("odesc", "\r")), Some(("oexpires", "\r"))],
    };
    let bare = Subject {
        program: std::env::current_exe()?.to_string_lossy().into_owned(),
        arguments: vec!["bare".to_owned(), length.to_string()],
        ready: "example.com".to_owned(),
        filter: "/",
        quiet: quiet(500),
        sorts: [Some(("", "s")), Some(("", "t"))],
    };
    let lines = home.join("lines");
    std::fs::write(&lines, rows::lines(length))?;
    let peer = |flag: &str| {
        let command = format!("exec fzf {flag} < {}", lines.display());
        fzf.then(|| Subject {
            program: "/bin/sh".to_owned(),
            arguments: vec!["-c".to_owned(), command],
            ready: format!(" {length}/{length}"),
            filter: "",
            quiet: quiet(2_000),
            sorts: [None, None],
        })
    };
    Ok(vec![Some(keyrack), Some(bare), peer(""), peer("--exact")])
}

impl Subject {
    /// Sorts by each column first, as a filter leaves fewer rows.
    fn found(&self, length: usize) -> Result<Found> {
        let mut found = Found::default();
        let (sessions, words) = if length > 100_000 { (1, 3) } else { (3, 6) };
        for session in 0..sessions {
            let mut probe = Probe::start(&self.program, &self.arguments)?;
            found.load.push(probe.wait_text(&self.ready)?);
            probe.settle(Duration::from_millis(500));
            found.memory.push(probe.memory("VmRSS")?);
            found.peak.push(probe.memory("VmHWM")?);
            for (keys, times) in self.sorts.iter().zip(&mut found.sorts) {
                let Some((before, key)) = keys else { continue };
                if !before.is_empty() {
                    probe.settled(before, self.quiet)?;
                }
                times.push(probe.settled(key, self.quiet)?);
            }
            if session > 0 {
                continue;
            }
            if !self.filter.is_empty() {
                probe.settled(self.filter, self.quiet)?;
            }
            for word in WORDS.iter().take(words) {
                for letter in word.chars() {
                    let took = probe.settled(&letter.to_string(), self.quiet)?;
                    found.keys.push(took);
                }
                probe.settled(CLEAR, self.quiet)?;
            }
        }
        Ok(found)
    }
}
