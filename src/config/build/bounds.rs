//! The bounds of a config, its numbers and durations: none is nothing, and each has a usual value.

use std::time::Duration;

use toml::Spanned;

use super::Builder;
use crate::{
    api::Limits,
    app::bulk::Rules,
    config::{
        duration,
        file::{BulkFile, LimitsFile},
    },
};

impl Builder<'_> {
    pub(super) fn bulk(&mut self, file: &BulkFile) -> Rules {
        let usual = Rules::default();
        Rules {
            max: self.count(file.max.as_ref(), usual.max, u32::MAX),
            parallel: self.count(file.parallel.as_ref(), usual.parallel, 64),
            stop_on_unknown: file.stop_on_unknown.unwrap_or(usual.stop_on_unknown),
        }
    }

    pub(super) fn limits(&mut self, file: &LimitsFile) -> Limits {
        let usual = Limits::default();
        let seconds = |duration: Duration| duration.as_secs();
        Limits {
            list_bytes: self.count(file.list_mib.as_ref(), usual.list_bytes >> 20, 4_096) << 20,
            item_bytes: self.count(file.item_mib.as_ref(), usual.item_bytes >> 20, 4_096) << 20,
            connect: self.duration(file.connect.as_ref(), seconds(usual.connect)),
            idle: self.duration(file.idle.as_ref(), seconds(usual.idle)),
            read: self.duration(file.read.as_ref(), seconds(usual.read)),
            write: self.duration(file.write.as_ref(), seconds(usual.write)),
            pages: self.count(file.pages.as_ref(), usual.pages, u32::MAX),
            rows: self.count(file.rows.as_ref(), usual.rows, 4_000_000),
            parallel: self.count(file.parallel.as_ref(), usual.parallel, 64),
        }
    }

    /// A number from 1 to `most`.
    fn count(&mut self, given: Option<&Spanned<u32>>, usual: usize, most: u32) -> usize {
        let Some(given) = given else { return usual };
        let number = *given.get_ref();
        if number == 0 || number > most {
            self.fault(
                given.span().start,
                format!("{number} is out of bounds; write a whole number from 1 to {most}"),
            );
        }
        usize::try_from(number).unwrap_or(usual)
    }

    /// A duration that is not nothing.
    pub(super) fn duration(&mut self, given: Option<&Spanned<String>>, usual: u64) -> Duration {
        let Some(given) = given else {
            return Duration::from_secs(usual);
        };
        let read = duration::parse(given.get_ref()).and_then(|duration| {
            if duration.is_zero() {
                Err("a duration of nothing makes no sense here; write at least 1s".to_owned())
            } else {
                Ok(duration)
            }
        });
        read.unwrap_or_else(|why| {
            self.fault(given.span().start, why);
            Duration::from_secs(usual)
        })
    }

    /// A duration in microseconds.
    pub(super) fn micros(&mut self, given: Option<&Spanned<String>>, usual: u64) -> i64 {
        let duration = self.duration(given, usual);
        i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
    }
}
