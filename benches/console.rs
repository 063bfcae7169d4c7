//! What one list costs at four lengths: reading the answer, a key press, a filter, a sort, a frame; what the
//! bare work of a filter or a sort costs beside it; and what a hundred lists at once cost.
//! `cargo bench --bench console`.

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use keyrack::testing::Bench;

const LENGTHS: [usize; 4] = [1_000, 10_000, 100_000, 1_000_000];

/// Keys that are measured, between keys that are not.
struct Step {
    name: &'static str,
    before: &'static str,
    keys: &'static str,
    after: &'static str,
}

/// The steps, in the console's own keys. What finds nothing becomes a filter for all rows by `Backspace`.
const STEPS: [Step; 9] = [
    step("update", "", "j", "k"),
    step("filter a word", "/ t e a m x", "Backspace", "Esc Esc"),
    step("narrow a word", "/ t e a", "m", "Esc Esc"),
    step(
        "filter a column",
        "/ n a m e : t e a m x",
        "Backspace",
        "Esc Esc",
    ),
    step(
        "filter a column of few values",
        "/ c o l l e c t i o n s : s - 4 x",
        "Backspace",
        "Esc Esc",
    ),
    step("filter fuzzily", "/ ~ s t m x", "Backspace", "Esc Esc"),
    step("narrow fuzzily", "/ ~ s t", "m", "Esc Esc"),
    step("sort again", "", "O", ""),
    step("health", "", "h", "Esc"),
];

const fn step(
    name: &'static str,
    before: &'static str,
    keys: &'static str,
    after: &'static str,
) -> Step {
    Step {
        name,
        before,
        keys,
        after,
    }
}

#[expect(
    clippy::print_stderr,
    reason = "criterion has no word for a bench that cannot start"
)]
fn console(criterion: &mut Criterion) {
    for length in LENGTHS {
        match Bench::new(length) {
            Ok(mut bench) => measure(criterion, length, &mut bench),
            Err(why) => eprintln!("{length} rows: {why}"),
        }
    }
}

/// A hundred contexts of a thousand keys each, in pages that come in turns.
fn fleet(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("fleet");
    group.sample_size(10);
    for (pages, page) in [(1, 1_000), (10, 100), (40, 25)] {
        let name = BenchmarkId::new("load 100 contexts", format!("{pages} × {page}"));
        group.bench_function(name, |bencher| {
            bencher.iter(|| black_box(Bench::fleet(100, pages, page)));
        });
    }
    group.finish();
}

fn measure(criterion: &mut Criterion, length: usize, bench: &mut Bench) {
    let mut group = criterion.benchmark_group("console");
    group.sample_size(20);
    group.bench_function(BenchmarkId::new("decode", length), |bencher| {
        bencher.iter(|| bench.decode());
    });
    group.bench_function(BenchmarkId::new("draw", length), |bencher| {
        bencher.iter(|| bench.draw());
    });
    for step in &STEPS {
        group.bench_function(BenchmarkId::new(step.name, length), |bencher| {
            bencher.iter_custom(|times| (0..times).map(|_| step.time(bench)).sum());
        });
    }
    for (name, column) in [
        ("sort by numbers first", "expires_at"),
        ("sort by texts first", "description"),
    ] {
        group.bench_function(BenchmarkId::new(name, length), |bencher| {
            bencher.iter(|| bench.sort(column));
        });
    }
    // What the same work costs with nothing around it.
    group.bench_function(BenchmarkId::new("floor memmem", length), |bencher| {
        bencher.iter(|| bench.floor().words("team"));
    });
    group.bench_function(BenchmarkId::new("floor nucleo", length), |bencher| {
        bencher.iter(|| bench.floor().fuzzy("stm"));
    });
    group.bench_function(BenchmarkId::new("floor sort", length), |bencher| {
        bencher.iter(|| bench.floor().sorted());
    });
    group.finish();
}

impl Step {
    fn time(&self, bench: &mut Bench) -> Duration {
        let _ = bench.press(self.before);
        let started = Instant::now();
        let _ = black_box(bench.press(self.keys));
        let took = started.elapsed();
        let _ = bench.press(self.after);
        took
    }
}

criterion_group!(benches, console, fleet);
criterion_main!(benches);
