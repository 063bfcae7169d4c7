//! What a person waits for, measured on the real binary in a real pseudo-terminal beside a bare ratatui
//! program and fzf in the same run: `cargo bench --bench pty`. It prints figures and asserts none.

use std::{error::Error, io::Write, path::Path, process::Command, time::Duration};

#[path = "floor/backend.rs"]
mod backend;
#[path = "floor/bare.rs"]
mod bare;
#[path = "floor/calls.rs"]
mod calls;
#[path = "floor/lists.rs"]
mod lists;
#[path = "floor/probe.rs"]
mod probe;
#[path = "floor/rows.rs"]
mod rows;
#[path = "floor/table.rs"]
mod table;

use backend::{Context, config};
use probe::{Probe, median, p99};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

const ROWS: usize = 100_000;
const STARTS: usize = 30;
const KEYS: usize = 300;
/// What can be measured alone: `cargo bench --bench pty -- lists`.
const PARTS: [&str; 3] = ["keys", "calls", "lists"];

/// How a program is started.
struct Subject {
    name: &'static str,
    program: String,
    empty: Vec<String>,
    loaded: Vec<String>,
    /// What its screen shows once the rows are there.
    ready: &'static str,
    /// What every frame ends with.
    frame: &'static str,
}

/// One line of the report.
struct Figure {
    what: &'static str,
    unit: &'static str,
    values: Vec<f64>,
}

#[expect(clippy::print_stderr, reason = "the figures take minutes to come")]
fn main() -> Result<()> {
    // The bare program is this one again: cargo builds no second program beside a bench.
    let arguments: Vec<String> = std::env::args().collect();
    if let [_, word, rows] = arguments.as_slice()
        && word == "bare"
    {
        return Ok(bare::run(rows.parse()?)?);
    }
    // `cargo test --benches` runs this too, and there is nothing to test.
    if !arguments.iter().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let wanted = |part: &str| {
        let mut named = PARTS
            .iter()
            .filter(|part| arguments.iter().any(|it| it == *part));
        named.clone().next().is_none() || named.any(|it| *it == part)
    };
    if wanted("keys") {
        let home = tempfile::tempdir()?;
        let subjects = [floor()?, keyrack(home.path())?];
        let mut columns = Vec::new();
        for subject in &subjects {
            eprintln!("measuring {} …", subject.name);
            columns.push(measure(subject)?);
        }
        report(&subjects, &columns);
    }
    if wanted("calls") {
        eprintln!("measuring what waits for the network …");
        calls::measure()?.print();
    }
    if wanted("lists") {
        eprintln!("measuring lists of four lengths …");
        lists::measure(fzf())?.print();
    }
    Ok(())
}

fn measure(subject: &Subject) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    let mut add = |what, unit, values| figures.push(Figure { what, unit, values });
    let mut starts = Vec::new();
    let mut quits = Vec::new();
    for _ in 0..STARTS {
        let mut probe = Probe::start(&subject.program, &subject.empty)?;
        starts.push(probe.first_frame(subject.frame)?);
        probe.settle(Duration::from_millis(100));
        quits.push(probe.quit()?);
    }
    add("start to first frame", "ms", starts);
    add("quit", "ms", quits);
    let empty = Probe::start(&subject.program, &subject.empty)?;
    empty.settle(Duration::from_millis(500));
    add("RSS, empty", "MiB", vec![empty.memory("VmRSS")?]);
    drop(empty);

    let mut probe = Probe::start(&subject.program, &subject.loaded)?;
    probe.wait_text(subject.ready)?;
    probe.settle(Duration::from_secs(1));
    add("RSS, 100k rows", "MiB", vec![probe.memory("VmRSS")?]);
    add("RSS, peak", "MiB", vec![probe.memory("VmHWM")?]);
    add(
        "key to paint: selection",
        "ms",
        probe.keys(KEYS / 15, "j")?.0,
    );
    // Past the window's end each key scrolls by one row.
    for _ in 0..60 {
        probe.keys(1, "j")?;
    }
    let (times, bytes) = probe.keys(KEYS, "j")?;
    add("key to paint: scroll", "ms", times);
    add("bytes a scrolled row", "B", bytes);
    let burst = probe.burst(500, "j", subject.frame)?;
    add("500 keys in one write", "ms", vec![burst.time]);
    add("… frames", "", vec![burst.frames]);
    add("… bytes", "B", vec![burst.bytes]);
    let idle = probe.idle(Duration::from_secs(10))?;
    add("idle 10 s: wakeups", "", vec![idle.wakeups]);
    add("… bytes", "B", vec![idle.bytes]);
    add("… CPU", "ms", vec![idle.cpu]);
    add("quit, 100k rows", "ms", vec![probe.quit()?]);
    Ok(figures)
}

fn report(subjects: &[Subject], columns: &[Vec<Figure>]) {
    let [floor, ours] = columns else { return };
    let [first, second] = subjects else { return };
    let mut out = std::io::stdout().lock();
    let _ = writeln!(
        out,
        "{:<26} {:>22} {:>22} {:>7}",
        "", first.name, second.name, "ratio"
    );
    for (floor, ours) in floor.iter().zip(ours) {
        let (a, b) = (median(&floor.values), median(&ours.values));
        let ratio = if a > 0.0 {
            format!("{:.2}", b / a)
        } else {
            "–".to_owned()
        };
        let _ = writeln!(
            out,
            "{:<26} {:>22} {:>22} {ratio:>7}",
            ours.what,
            words(floor),
            words(ours)
        );
    }
}

/// `0.41 (0.78) ms`: the median, and the 99th percentile where there are enough values.
fn words(figure: &Figure) -> String {
    let median = median(&figure.values);
    let digits = if figure.unit.is_empty() || figure.unit == "B" {
        0
    } else {
        2
    };
    if figure.values.len() > 1 {
        let p99 = p99(&figure.values);
        format!("{median:.digits$} ({p99:.digits$}) {}", figure.unit)
    } else {
        format!("{median:.digits$} {}", figure.unit)
    }
}

fn floor() -> Result<Subject> {
    let rows = |rows: usize| vec!["bare".to_owned(), rows.to_string()];
    Ok(Subject {
        name: "bare ratatui",
        program: std::env::current_exe()?.to_string_lossy().into_owned(),
        empty: rows(0),
        loaded: rows(ROWS),
        ready: "example.com",
        frame: "\x1b[?25l",
    })
}

/// The console on Typesense's list, which is one answer of as many rows as there are.
fn keyrack(home: &Path) -> Result<Subject> {
    let context = |url: String| Context {
        url,
        input: "api_key".to_owned(),
        credential: "0123456789abcdef".to_owned(),
    };
    // Nobody listens there: the table stays empty.
    let nowhere = context("http://127.0.0.1:9".to_owned());
    let full = context(rows::serve(ROWS)?);
    Ok(Subject {
        name: "keyrack",
        program: env!("CARGO_BIN_EXE_keyrack").to_owned(),
        empty: config(home, "empty", "typesense", &nowhere)?,
        loaded: config(home, "full", "typesense", &full)?,
        ready: "as of",
        frame: "\x1b[?2026l",
    })
}

/// Whether fzf is here to be measured beside; says what is missing where it is not.
#[expect(clippy::print_stderr, reason = "what is not measured is said")]
fn fzf() -> bool {
    let version = Command::new("fzf").arg("--version").output();
    let version = version.ok().filter(|output| output.status.success());
    if let Some(output) = &version {
        eprintln!("fzf {}", String::from_utf8_lossy(&output.stdout).trim());
    } else {
        eprintln!("fzf is NOT MEASURED: it is not installed (package fzf)");
    }
    version.is_some()
}
