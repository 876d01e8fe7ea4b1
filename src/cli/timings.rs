//! How long the parts of a run took, for `--timings`. Only a person is told; no result depends on it.

use super::console::Console;
use crate::diagnostic::Term;
use crate::eval::columnar::Share;
use std::fs;
use std::time::{Duration, Instant};

/// Ticks a second that `/proc` counts processor time in (USER_HZ, the same on every architecture of Linux).
const TICKS: u64 = 100;

/// Time by the clock on the wall, and by the processors where the system tells.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    wall: Duration,
    cpu: Option<Duration>,
}

/// The parts of a run.
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
    /// Runs the reading of the register.
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
    let (started, before) = (Instant::now(), processor());
    let done = work();
    into.wall += started.elapsed();
    if let (Some(before), Some(after)) = (before, processor()) {
        *into.cpu.get_or_insert_default() += after.saturating_sub(before);
    }
    done
}

fn seconds(spent: Duration) -> String {
    format!("{}.{:03}", spent.as_secs(), spent.subsec_millis())
}

/// Processor time of all threads so far; none where the system does not tell.
fn processor() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The second field is a name in brackets that may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    let mut ticks = || fields.next()?.parse::<u64>().ok();
    let total = ticks()?.checked_add(ticks()?)?;
    Some(Duration::from_millis(total * 1000 / TICKS))
}
