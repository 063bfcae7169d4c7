//! Which row of a bulk begins next: at most so many at once, none while it is paused, none while it is being
//! found out what became of one, and none after one whose end is not known, unless that is said. A row that
//! has begun is never taken back. Positions are those of the plan.

use super::super::report::End;

/// The rows of a bulk and how far each is.
#[derive(Debug, Clone)]
pub struct Queue {
    rows: Vec<Row>,
    /// Most rows at once.
    parallel: usize,
    /// A row without a known end holds up those that have not begun.
    stop_on_unknown: bool,
    paused: bool,
    cancelled: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    at: At,
    /// It runs beside no other.
    alone: bool,
    /// Its unknown end was seen and does not hold up the others.
    seen: bool,
}

/// How far a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// Not begun.
    Waiting,
    /// On its way.
    Running,
    /// On its way: an answer was lost, and what became of it is looked for.
    Doubted,
    /// At its end.
    Ended(End),
}

/// Why no further row begins although some wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halted {
    /// Until it is resumed.
    Paused,
    /// For good.
    Cancelled,
    /// One has no known end.
    Unknown,
}

/// How many rows are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Not begun.
    pub waiting: usize,
    /// On their way.
    pub running: usize,
    /// Done.
    pub done: usize,
    /// Certainly not done.
    pub not_done: usize,
    /// Perhaps done, or done with an answer that is lost.
    pub unknown: usize,
}

impl Counts {
    /// At their end, whatever it is.
    #[must_use]
    pub fn ended(&self) -> usize {
        self.done + self.not_done + self.unknown
    }

    /// Not at their end.
    #[must_use]
    pub fn left(&self) -> usize {
        self.waiting + self.running
    }

    /// Rows per second after so many seconds, and the seconds that are left at that rate.
    #[must_use]
    pub fn rate(&self, seconds: f64) -> (f64, f64) {
        // Rows of one run are few: nothing is lost.
        let count = |rows: usize| u32::try_from(rows).map_or(f64::MAX, f64::from);
        let rate = count(self.ended()) / seconds;
        (rate, count(self.left()) / rate)
    }
}

impl Queue {
    /// Rows of which none has begun; `alone` says of each whether it runs beside no other.
    #[must_use]
    pub fn new(
        alone: impl IntoIterator<Item = bool>,
        parallel: usize,
        stop_on_unknown: bool,
    ) -> Self {
        let row = |alone| Row {
            at: At::Waiting,
            alone,
            seen: false,
        };
        Self {
            rows: alone.into_iter().map(row).collect(),
            parallel: parallel.max(1),
            stop_on_unknown,
            paused: false,
            cancelled: false,
        }
    }

    /// Begins the next row; none while nothing may begin. Asked again until it gives none.
    #[must_use]
    pub fn next(&mut self) -> Option<usize> {
        let running = self.counts().running;
        if self.halted().is_some() || self.looks() || running >= self.parallel {
            return None;
        }
        let busy = self.rows.iter().filter(|row| row.runs());
        let busy_alone = busy.clone().any(|row| row.alone);
        let place = self.rows.iter().position(|row| row.at == At::Waiting)?;
        let row = self.rows.get_mut(place)?;
        if busy_alone || (row.alone && running > 0) {
            return None;
        }
        row.at = At::Running;
        Some(place)
    }

    /// An answer was lost: until it is known what became of this row, none begins.
    pub fn doubted(&mut self, place: usize) {
        if let Some(row) = self.running(place) {
            row.at = At::Doubted;
        }
    }

    /// A row is at its end.
    pub fn ended(&mut self, place: usize, end: End) {
        if let Some(row) = self.running(place) {
            row.at = At::Ended(end);
            row.seen = false;
        }
    }

    /// What became of a row whose end was not known came out.
    pub fn settle(&mut self, place: usize, end: End) {
        let row = self.rows.get_mut(place);
        if let Some(row) = row.filter(|row| row.is_unknown()) {
            row.at = At::Ended(end);
        }
    }

    /// No row begins until it is resumed.
    #[must_use]
    pub fn is_paused(&self) -> bool {
        self.paused
    }

    fn running(&mut self, place: usize) -> Option<&mut Row> {
        self.rows.get_mut(place).filter(|row| row.runs())
    }

    /// No row begins until it is resumed.
    pub fn pause(&mut self) {
        self.paused = true;
    }

    /// Rows begin again, unless one has no known end.
    pub fn resume(&mut self) {
        self.paused = false;
    }

    /// Rows begin again, also after those whose end is not known so far.
    pub fn go_on(&mut self) {
        self.paused = false;
        for row in &mut self.rows {
            row.seen |= row.is_unknown();
        }
    }

    /// No row begins any more.
    pub fn cancel(&mut self) {
        self.cancelled = true;
    }

    /// Lets this row run once more; gives whether it may.
    pub fn again(&mut self, place: usize) -> bool {
        let row = self.rows.get_mut(place);
        let row = row.filter(|row| matches!(row.at, At::Ended(_)));
        let found = row.is_some();
        if let Some(row) = row {
            row.at = At::Waiting;
            self.cancelled = false;
        }
        found
    }

    /// How far a row is.
    #[must_use]
    pub fn at(&self, place: usize) -> At {
        self.rows.get(place).map_or(At::Waiting, |row| row.at)
    }

    /// Why no further row begins, where some wait.
    #[must_use]
    pub fn halted(&self) -> Option<Halted> {
        let unknown = |row: &Row| row.is_unknown() && !row.seen;
        if self.counts().waiting == 0 {
            None
        } else if self.cancelled {
            Some(Halted::Cancelled)
        } else if self.stop_on_unknown && self.rows.iter().any(unknown) {
            Some(Halted::Unknown)
        } else {
            self.paused.then_some(Halted::Paused)
        }
    }

    /// It is being found out what became of a row, and the others wait for that.
    fn looks(&self) -> bool {
        self.stop_on_unknown && self.rows.iter().any(|row| row.at == At::Doubted)
    }

    /// Nothing is on its way, and nothing begins by itself.
    #[must_use]
    pub fn rests(&self) -> bool {
        let counts = self.counts();
        counts.running == 0 && (counts.waiting == 0 || self.halted().is_some())
    }

    /// How many rows are where.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            *match row.at {
                At::Waiting => &mut counts.waiting,
                At::Running | At::Doubted => &mut counts.running,
                At::Ended(End::Done) => &mut counts.done,
                At::Ended(End::NotDone) => &mut counts.not_done,
                At::Ended(End::Unknown | End::Unreadable) => &mut counts.unknown,
            } += 1;
        }
        counts
    }
}

impl Row {
    fn runs(self) -> bool {
        matches!(self.at, At::Running | At::Doubted)
    }

    fn is_unknown(self) -> bool {
        matches!(self.at, At::Ended(End::Unknown | End::Unreadable))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn queue(rows: usize, parallel: usize) -> Queue {
        Queue::new(std::iter::repeat_n(false, rows), parallel, true)
    }

    fn begun(queue: &mut Queue) -> Vec<usize> {
        std::iter::from_fn(|| queue.next()).collect()
    }

    #[test]
    fn so_many_run_at_once_and_the_next_begins_when_one_ends() {
        let mut queue = queue(5, 2);
        assert_eq!(begun(&mut queue), [0, 1]);
        queue.ended(1, End::Done);
        assert_eq!(begun(&mut queue), [2]);
        queue.ended(0, End::NotDone);
        queue.ended(2, End::Done);
        assert_eq!(begun(&mut queue), [3, 4]);
        queue.ended(3, End::Done);
        assert!(!queue.rests());
        queue.ended(4, End::Done);
        assert!(queue.rests());
        let counts = queue.counts();
        assert_eq!((counts.done, counts.not_done, counts.waiting), (4, 1, 0));
    }

    #[test]
    fn no_row_begins_after_one_whose_end_is_not_known() {
        let mut queue = queue(10, 1);
        for row in [0, 1] {
            assert_eq!(begun(&mut queue), [row]);
            queue.ended(row, End::Done);
        }
        assert_eq!(begun(&mut queue), [2]);
        queue.ended(2, End::Unknown);
        assert_eq!(begun(&mut queue), [0; 0]);
        assert_eq!(queue.halted(), Some(Halted::Unknown));
        assert!(queue.rests());
        assert_eq!(queue.counts().waiting, 7);
        // That a pause is over says nothing of it; somebody who has seen it says to go on.
        queue.pause();
        queue.resume();
        assert_eq!(begun(&mut queue), [0; 0]);
        queue.go_on();
        assert_eq!(begun(&mut queue), [3]);
    }

    #[test]
    fn while_a_lost_answer_is_looked_for_no_row_begins() {
        let mut queue = queue(10, 4);
        assert_eq!(begun(&mut queue), [0, 1, 2, 3]);
        queue.doubted(1);
        queue.ended(0, End::Done);
        assert_eq!(begun(&mut queue), [0; 0]);
        queue.ended(1, End::Done);
        assert_eq!(begun(&mut queue), [4, 5]);
    }

    #[test]
    fn the_config_may_let_rows_begin_after_unknown_ones() {
        let mut queue = Queue::new([false; 3], 1, false);
        assert_eq!(begun(&mut queue), [0]);
        queue.doubted(0);
        queue.ended(0, End::Unknown);
        assert_eq!(begun(&mut queue), [1]);
    }

    #[test]
    fn a_row_that_runs_alone_runs_beside_no_other() {
        let mut queue = Queue::new([false, false, true, false], 3, true);
        assert_eq!(begun(&mut queue), [0, 1]);
        queue.ended(0, End::Done);
        assert_eq!(begun(&mut queue), [0; 0]);
        queue.ended(1, End::Done);
        assert_eq!(begun(&mut queue), [2]);
        queue.ended(2, End::Done);
        assert_eq!(begun(&mut queue), [3]);
    }

    #[test]
    fn a_paused_queue_goes_on_and_a_cancelled_one_does_not() {
        let mut queue = queue(3, 1);
        assert_eq!(begun(&mut queue), [0]);
        queue.pause();
        queue.ended(0, End::Done);
        assert_eq!(begun(&mut queue), [0; 0]);
        assert_eq!(queue.halted(), Some(Halted::Paused));
        queue.resume();
        assert_eq!(begun(&mut queue), [1]);
        queue.cancel();
        queue.ended(1, End::NotDone);
        queue.resume();
        assert_eq!(begun(&mut queue), [0; 0]);
        assert!(queue.rests());
    }

    #[test]
    fn a_failed_row_can_run_again() {
        let mut queue = queue(2, 2);
        assert_eq!(begun(&mut queue), [0, 1]);
        assert!(!queue.again(0));
        queue.ended(0, End::NotDone);
        queue.ended(1, End::Done);
        assert!(queue.again(0));
        assert_eq!(begun(&mut queue), [0]);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        /// W9: after the first unknown end at most `parallel - 1` further rows have begun.
        #[test]
        fn at_most_those_on_their_way_end_after_the_first_unknown(
            parallel in 1_usize..9,
            ends in proptest::collection::vec((0_usize..8, 0_u8..6), 1..200),
        ) {
            let mut queue = queue(100, parallel);
            let mut running: Vec<usize> = Vec::new();
            let mut unknown_at = None;
            for (which, how) in ends {
                running.extend(begun(&mut queue));
                prop_assert!(running.len() <= parallel);
                if running.is_empty() {
                    break;
                }
                let place = running.remove(which % running.len());
                let end = match how {
                    0 => End::Unknown,
                    1 => End::NotDone,
                    _ => End::Done,
                };
                queue.ended(place, end);
                if end == End::Unknown && unknown_at.is_none() {
                    unknown_at = Some(queue.counts().waiting);
                    prop_assert!(running.len() < parallel);
                }
                if let Some(waiting) = unknown_at {
                    prop_assert_eq!(begun(&mut queue), Vec::<usize>::new());
                    prop_assert_eq!(queue.counts().waiting, waiting);
                }
            }
        }
    }
}
