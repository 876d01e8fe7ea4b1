//! How long the parts of a run took, for `--timings`. Only a person is told; no result depends on it.

use super::console::Console;
use crate::diagnostic::Term;
use crate::eval::columnar::Share;
use cpu_time::ThreadTime;
use std::time::{Duration, Instant};

/// Time by the clock on the wall, and by the processor where the system tells, of all threads that were at it.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    wall: Duration,
    cpu: Option<Duration>,
}

/// The parts of a run. Each thread has its own, which are added up.
#[derive(Debug, Default)]
pub struct Timings {
    read: Spent,
    evaluate: Spent,
    write: Spent,
    share: Share,
    /// Into how many parts the register was cut; none where it was held whole.
    parts: u64,
}

impl Timings {
    /// Runs some reading of the register.
    pub fn reading<T>(&mut self, work: impl FnOnce() -> T) -> T {
        measured(&mut self.read, work)
    }

    /// Runs some evaluation.
    pub fn evaluating<T>(&mut self, work: impl FnOnce() -> T) -> T {
        measured(&mut self.evaluate, work)
    }

    /// Runs some writing.
    pub fn writing<T>(&mut self, work: impl FnOnce() -> T) -> T {
        measured(&mut self.write, work)
    }

    /// Adds what was measured elsewhere.
    pub fn add(&mut self, other: &Self) {
        for (all, one) in [
            (&mut self.read, other.read),
            (&mut self.evaluate, other.evaluate),
            (&mut self.write, other.write),
        ] {
            all.wall += one.wall;
            if let Some(cpu) = one.cpu {
                *all.cpu.get_or_insert_default() += cpu;
            }
        }
        self.share = self.share.with(other.share);
        self.parts += other.parts;
    }

    /// How much was judged one by one.
    pub fn one_by_one(&mut self, share: Share) {
        self.share = self.share.with(share);
    }

    /// Reading begins anew, in another way: parts read before do not count.
    pub fn anew(&mut self) {
        self.parts = 0;
    }

    /// A register too large to be held was read in so many parts more.
    pub fn in_parts(&mut self, parts: usize) {
        self.parts += parts as u64;
    }

    /// Tells all of it.
    pub fn tell(&self, console: &Console) {
        for (zh, en, spent) in
            [("读取", "read", self.read), ("评估", "evaluate", self.evaluate), ("写出", "write", self.write)]
        {
            let (wall, cpu) = (seconds(spent.wall), spent.cpu.map(seconds));
            console.say(&Term::new(
                format!(
                    "{zh} {wall} 秒{}",
                    cpu.as_ref().map_or(String::new(), |cpu| format!("(处理器 {cpu} 秒)"))
                ),
                format!(
                    "{en} {wall} s{}",
                    cpu.as_ref().map_or(String::new(), |cpu| format!(" (processor {cpu} s)"))
                ),
            ));
        }
        if self.parts > 0 {
            let parts = self.parts;
            console.say(&Term::new(format!("分 {parts} 批读入"), format!("read in parts: {parts}")));
        }
        let Share { cases, one_by_one } = self.share;
        let hundredths = u128::from(one_by_one) * 10_000 / u128::from(cases.max(1));
        let percent = format!("{}.{:02}", hundredths / 100, hundredths % 100);
        console.say(&Term::new(
            format!("{cases} 个对象中 {one_by_one} 个({percent}%)逐个判定"),
            format!("{one_by_one} of {cases} targets ({percent}%) judged one by one"),
        ));
    }
}

fn measured<T>(into: &mut Spent, work: impl FnOnce() -> T) -> T {
    let (started, on_thread) = (Instant::now(), ThreadTime::try_now().ok());
    let done = work();
    into.wall += started.elapsed();
    if let Some(cpu) = on_thread.and_then(|started| started.try_elapsed().ok()) {
        *into.cpu.get_or_insert_default() += cpu;
    }
    done
}

fn seconds(spent: Duration) -> String {
    format!("{}.{:03}", spent.as_secs(), spent.subsec_millis())
}
