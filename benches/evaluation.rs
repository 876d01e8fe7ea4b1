//! Evaluation alone: a register in memory, outcomes in memory. Of one thread the processor time is measured, of two the
//! time that goes by.
//!
//! The example town with invented families is always there. `CHARTER_BENCH_POLICY`, a folder of charters, with
//! `CHARTER_BENCH_DATA`, a register for them, and `CHARTER_BENCH_PERIODS` (`2009-06,2008-07..2009-06`) add one more: that is how the policy of
//! `benches/peers` is held against the loops that were written by hand for it.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod policy;

use charter::eval::columnar::{Columnar, Store};
use charter::eval::traced::run;
use charter::ir::Plan;
use charter::register::{DataFindings, Reading, Register, read};
use charter::schema::{FieldId, RecordId};
use charter::synth::{Format, Request, write};
use charter::value::Period;
use cpu_time::ThreadTime;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::env;
use std::hint::black_box;
use std::path::{Path, PathBuf};

/// Households judged at a time, as the program does.
const CHUNK: usize = 8_192;

fn register(plan: &Plan, data: &Path) -> Register {
    let fields = plan.fields_read();
    let needs = |record: RecordId, field: FieldId| fields.contains(&(record, field));
    let records = plan.records_read();
    let uses = |record: RecordId| records.contains(&record);
    let reading = Reading { schema: &plan.schema, needs: &needs, uses: &uses, known_on: None };
    read(data, &reading, &mut DataFindings::new()).expect("a register")
}

/// The columns are there; programs are compiled and every household is judged.
fn judge(criterion: &mut Criterion, name: &str, plan: &Plan, register: &Register, periods: &str) {
    let store = Store::of(register, &plan.schema);
    let pool = ThreadPoolBuilder::new().num_threads(2).build().unwrap();
    let mut group = criterion.benchmark_group(name);
    group.sample_size(10);
    for text in periods.split(',') {
        let period = Period::parse(text).expect("a period");
        let run = run(plan, register, &period).expect("a record to evaluate");
        let households = run.rows(run.unit());
        group.throughput(Throughput::Elements(households as u64));
        group.bench_function(text, |bencher| {
            bencher.iter_custom(|times| {
                let start = ThreadTime::now();
                for _ in 0..times {
                    let columnar = Columnar::new(&run);
                    let ready = columnar.over(&store, &run);
                    for first in (0..households).step_by(CHUNK) {
                        black_box(ready.judge(&run, first..households.min(first + CHUNK)));
                    }
                }
                start.elapsed()
            });
        });
        group.bench_function(format!("{text}, two threads"), |bencher| {
            bencher.iter(|| {
                let columnar = Columnar::new(&run);
                let ready = columnar.over(&store, &run);
                let starts: Vec<usize> = (0..households).step_by(CHUNK).collect();
                let judge = |first: &usize| {
                    black_box(ready.judge(&run, *first..households.min(first + CHUNK)));
                };
                pool.install(|| starts.par_iter().for_each(judge));
            });
        });
    }
    group.finish();
}

fn town(criterion: &mut Criterion) {
    let charters = Path::new(env!("CARGO_MANIFEST_DIR")).join("charters");
    let plan = policy::plan(&[charters.clone(), charters.join("town"), charters.join("town/villages")]);
    let data = tempfile::tempdir().unwrap();
    write(Request { households: 14_800, seed: 1 }, Format::Csv, data.path()).unwrap();
    let register = register(&plan, data.path());
    judge(criterion, "town", &plan, &register, "2005-12,2005");
}

fn named(criterion: &mut Criterion) {
    let given = |name: &str| env::var_os(name).map(PathBuf::from);
    let (Some(policy), Some(data)) = (given("CHARTER_BENCH_POLICY"), given("CHARTER_BENCH_DATA")) else {
        return;
    };
    let plan = policy::plan(&[policy]);
    let register = register(&plan, &data);
    let periods = env::var("CHARTER_BENCH_PERIODS").unwrap_or_else(|_| "2009-06".to_owned());
    judge(criterion, "policy", &plan, &register, &periods);
}

criterion_group!(benches, town, named);
criterion_main!(benches);
