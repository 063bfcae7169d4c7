//! The figures of several programs side by side: the median and the 99th percentile, and what the other
//! takes in times of the first.

use std::io::Write as _;

use super::probe::{median, p99};

/// One table; a cell without values was not measured.
pub struct Table {
    title: String,
    columns: Vec<String>,
    lines: Vec<(String, Vec<Vec<f64>>)>,
}

impl Table {
    pub fn new(title: &str, columns: &[&str]) -> Self {
        Self {
            title: title.to_owned(),
            columns: columns.iter().map(|&column| column.to_owned()).collect(),
            lines: Vec::new(),
        }
    }

    pub fn add(&mut self, what: String, cells: Vec<Vec<f64>>) {
        self.lines.push((what, cells));
    }

    pub fn print(&self) {
        let mut out = std::io::stdout().lock();
        let _ = write!(out, "\n{:<38}", self.title);
        for column in &self.columns {
            let _ = write!(out, " {column:>26}");
        }
        let _ = writeln!(out);
        for (what, cells) in &self.lines {
            let _ = write!(out, "{what:<38}");
            let ours = cells.first().map_or(0.0, |values| median(values));
            for (at, values) in cells.iter().enumerate() {
                let words = words(values, (at > 0).then_some(ours));
                let _ = write!(out, " {words:>26}");
            }
            let _ = writeln!(out);
        }
    }
}

/// `2.41 (5.60) ×1.3`: the median, the 99th percentile, and times of `ours`.
fn words(values: &[f64], ours: Option<f64>) -> String {
    if values.is_empty() {
        return "–".to_owned();
    }
    let middle = median(values);
    let spread = if values.len() > 1 {
        format!(" ({:.2})", p99(values))
    } else {
        String::new()
    };
    let times = ours.filter(|ours| *ours > 0.0);
    let times = times.map_or_else(String::new, |ours| format!(" ×{:.2}", middle / ours));
    format!("{middle:.2}{spread}{times}")
}
