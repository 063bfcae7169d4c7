//! Many keys by one plan, some at once: `app::bulk::queue` says which begins next, and every row ends with an
//! outcome of its own, told in the order of the plan. What is asked to end begins no further row.

use std::{
    fmt::Write as _,
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::sync::mpsc;

use super::{
    Failure, output,
    write::{self, End, Place, Report},
};
use crate::{
    app::bulk::{
        queue::{Counts, Halted, Queue},
        span,
    },
    record::Text,
    walk::{self, Broken, Key, Sign, Site},
};

/// A row of a plan.
#[derive(Debug)]
pub(super) struct Row {
    /// The key.
    pub key: Key,
    /// It goes beside no other.
    pub alone: bool,
    /// Nothing is sent for it; why.
    pub skipped: Option<String>,
}

/// What came of the rows.
pub(super) struct Ran {
    /// A report for each, in the order of the plan.
    pub reports: Vec<Report>,
    /// One was broken off, and how the command ends for it; its report says why.
    pub broken: Option<Failure>,
}

/// Walks rows until all are at their end or none may begin; `strict` lets none begin after one that did not
/// end well. `walk` is given the position of a row and where it goes.
pub(super) async fn run<F>(
    place: &Place,
    site: &Site,
    rows: &[Row],
    strict: bool,
    mut walk: impl FnMut(usize, Key, Site) -> F,
) -> Ran
where
    F: Future<Output = Result<Report, Broken>>,
{
    let mut run = Run::new(place, rows);
    let (doubts, mut doubted) = mpsc::unbounded_channel();
    let mut running = FuturesUnordered::new();
    loop {
        // A lost answer holds up the others before any of them begins.
        while let Ok(turn) = doubted.try_recv() {
            run.queue.doubted(turn);
        }
        if site.halt.asked() {
            run.stop("the end was asked for");
        }
        while let Some(turn) = run.queue.next() {
            let Some((at, row)) = run.row(turn) else {
                continue;
            };
            let site = Site {
                tell: tell(row, rows.len() > 1, turn, doubts.clone()),
                ..site.clone()
            };
            let walked = walk(at, row.key.clone(), site);
            running.push(async move { (turn, walked.await) });
        }
        match running.next().await {
            Some((turn, ended)) => run.ended(turn, ended, strict),
            None => break,
        }
    }
    run.finish()
}

/// Rows on their way.
struct Run<'a> {
    place: &'a Place,
    rows: &'a [Row],
    reports: Vec<Option<Report>>,
    /// The rows that something is sent for: a turn of the queue is a position here.
    turns: Vec<usize>,
    queue: Queue,
    began: Instant,
    /// Why no further row begins.
    stopped: Option<&'static str>,
    broken: Option<Failure>,
}

impl<'a> Run<'a> {
    fn new(place: &'a Place, rows: &'a [Row]) -> Self {
        let skipped = |row: &Row| {
            let why = row.skipped.clone()?;
            output::say(&why);
            Some(walk::report(&row.key.target, End::NotDone, why))
        };
        let sent = rows.iter().enumerate();
        let sent = sent.filter(|(_, row)| row.skipped.is_none());
        let bulk = &place.config.bulk;
        Self {
            place,
            rows,
            reports: rows.iter().map(skipped).collect(),
            turns: sent.clone().map(|(at, _)| at).collect(),
            queue: Queue::new(
                sent.map(|(_, row)| row.alone),
                bulk.parallel,
                bulk.stop_on_unknown,
            ),
            began: Instant::now(),
            stopped: None,
            broken: None,
        }
    }

    /// No further row begins.
    fn stop(&mut self, why: &'static str) {
        self.stopped.get_or_insert(why);
        self.queue.cancel();
    }

    /// The row of a turn, and its position in the plan.
    fn row(&self, turn: usize) -> Option<(usize, &'a Row)> {
        let at = *self.turns.get(turn)?;
        Some((at, self.rows.get(at)?))
    }

    fn ended(&mut self, turn: usize, ended: Result<Report, Broken>, strict: bool) {
        let Some((at, row)) = self.row(turn) else {
            return;
        };
        let report = match ended {
            Ok(report) => report,
            // What was done before is told all the same.
            Err(broken) => {
                self.stop("one was broken off");
                let report = broken.report(&row.key.target);
                self.broken = Some(Failure {
                    message: String::new(),
                    ..broken.into()
                });
                report
            }
        };
        self.queue.ended(turn, report.end);
        if strict && (report.end != End::Done || report.partial) {
            self.stop("one did not end well");
        }
        let counts = self.queue.counts();
        if self.turns.len() > 1 {
            let (done, all) = (counts.ended(), self.turns.len());
            output::say(&format!("[{done}/{all}] {}", report.message));
            output::progress(Some(&progress(&counts, self.began.elapsed())));
        } else {
            output::say(&report.message);
        }
        if let Some(place) = self.reports.get_mut(at) {
            *place = Some(report);
        }
    }

    fn finish(self) -> Ran {
        output::progress(None);
        let why = match (self.stopped, self.queue.halted()) {
            (Some(why), _) => why,
            (None, Some(Halted::Unknown)) => "one has no known end (stop_on_unknown under [bulk])",
            _ => "it was not begun",
        };
        let mut left = Vec::new();
        let mut untouched = |row: &Row| {
            let key = self.place.key(&row.key.target.name);
            let words = format!("untouched: {key}: {why}");
            left.push(key);
            walk::report(&row.key.target, End::NotDone, words)
        };
        let rows = self.rows.iter().zip(self.reports);
        let reports = rows
            .map(|(row, report)| report.unwrap_or_else(|| untouched(row)))
            .collect();
        match &*left {
            [] => {}
            [key] => output::say(&format!("untouched: {key}: {why}")),
            keys => output::say(&format!("untouched, for {why}:\n{}", keys.join("\n"))),
        }
        Ran {
            reports,
            broken: self.broken,
        }
    }
}

/// What hears a row: of many, each says which it is.
fn tell(
    row: &Row,
    many: bool,
    turn: usize,
    doubts: mpsc::UnboundedSender<usize>,
) -> Arc<dyn Fn(Sign) + Send + Sync> {
    let target = &row.key.target;
    let name = if target.name.is_empty() {
        Text::new(target.id.as_str()).shown().into_owned()
    } else {
        format!("“{}”", Text::new(&target.name).shown())
    };
    Arc::new(move |sign| match write::words(&sign) {
        Some(words) if many && !words.contains(&name) => output::say(&format!("{name}: {words}")),
        Some(words) => output::say(&words),
        None => {
            if matches!(sign, Sign::Doubted) {
                // Nobody waits for it once the run is over.
                let _ = doubts.send(turn);
            }
        }
    })
}

/// `12/50, 1 failed, 8.3/s, about 5 s left`
fn progress(counts: &Counts, since: Duration) -> String {
    let ended = counts.ended();
    let mut line = format!("{ended}/{}", ended + counts.left());
    for (count, word) in [(counts.not_done, "failed"), (counts.unknown, "unknown")] {
        if count > 0 {
            let _ = write!(line, ", {count} {word}");
        }
    }
    let (rate, left) = counts.rate(since.as_secs_f64().max(0.001));
    let _ = write!(line, ", {rate:.1}/s, {} left", span(left));
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_progress_has_the_rate_and_the_rest() {
        let counts = Counts {
            waiting: 30,
            running: 8,
            done: 10,
            not_done: 1,
            unknown: 1,
        };
        assert_eq!(
            progress(&counts, Duration::from_secs(2)),
            "12/50, 1 failed, 1 unknown, 6.0/s, about 6 s left"
        );
        let last = Counts {
            done: 50,
            ..Counts::default()
        };
        assert_eq!(
            progress(&last, Duration::from_millis(500)),
            "50/50, 100.0/s, less than 1 s left"
        );
    }
}
