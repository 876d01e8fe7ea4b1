//! Foreign decoders behind a fence: they are not written for bytes that lie, and some of their faults are panics.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static FENCED: Cell<bool> = const { Cell::new(false) };
}
static QUIET: Once = Once::new();

/// What was run gave up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct GaveUp;

/// Runs something whose panics are faults of a file. They print nothing; panics elsewhere are told as ever.
pub(super) fn fenced<T>(run: impl FnOnce() -> T) -> Result<T, GaveUp> {
    QUIET.call_once(|| {
        let told = take_hook();
        set_hook(Box::new(move |panic| {
            if !FENCED.get() {
                told(panic);
            }
        }));
    });
    let outer = FENCED.replace(true);
    // What a panic left half done is a part of the decoder, which is dropped.
    let outcome = catch_unwind(AssertUnwindSafe(run));
    FENCED.set(outer);
    outcome.map_err(|_| GaveUp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_a_fault_and_no_more() {
        assert_eq!(fenced(|| 1), Ok(1));
        assert_eq!(fenced(|| [1, 2][std::hint::black_box(2)]), Err(GaveUp));
        assert_eq!(fenced(|| fenced(|| panic!("inner"))), Ok(Err::<(), _>(GaveUp)));
        assert_eq!(fenced(|| 2), Ok(2));
    }
}
