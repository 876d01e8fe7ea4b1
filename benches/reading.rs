//! Reading alone: the register named by `CHARTER_BENCH_DATA` for the charters of `CHARTER_BENCH_POLICY`, in parts as a large
//! one is read, one thread. Nothing is evaluated.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

mod policy;

use charter::register::{DataFindings, Order, Reading, Stream};
use charter::schema::{FieldId, RecordId};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// Reads the register part after part; how many rows it has.
fn rows(reading: &Reading<'_>, data: &Path) -> u64 {
    let mut findings = DataFindings::new();
    let Stream { reader, mut supply } =
        Stream::open(data, reading, (0, &Order::Given(Vec::new())), &mut findings)
            .unwrap()
            .expect("a register that streams");
    while let Some(part) = supply.next_part().unwrap() {
        let piece = reader.read(&part).unwrap();
        supply.follow(&piece).unwrap();
    }
    supply.finish(reader).counts.iter().map(|count| count.kept).sum()
}

fn reading(criterion: &mut Criterion) {
    let (Ok(policy), Ok(data)) = (env::var("CHARTER_BENCH_POLICY"), env::var("CHARTER_BENCH_DATA")) else {
        return;
    };
    let (plan, data) = (policy::plan(&[PathBuf::from(policy)]), PathBuf::from(data));
    let fields = plan.fields_read();
    let needs = |record: RecordId, field: FieldId| fields.contains(&(record, field));
    let records = plan.records_read();
    let uses = |record: RecordId| records.contains(&record);
    let reading = Reading { schema: &plan.schema, needs: &needs, uses: &uses, known_on: None };
    let bytes = fs::read_dir(&data).unwrap().map(|file| file.unwrap().metadata().unwrap().len()).sum();
    let mut group = criterion.benchmark_group("reading");
    group.sample_size(10).throughput(Throughput::Bytes(bytes));
    group.bench_function("parts", |bencher| bencher.iter(|| rows(&reading, &data)));
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
