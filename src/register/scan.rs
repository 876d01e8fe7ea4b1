//! Single bytes in many, looked for in a way that compilers make wide instructions of.

/// Bytes looked at before a count or a question is settled: no more than a byte can count, so that no sum wraps.
const STEP: usize = 224;

/// How often a byte stands in some bytes.
pub(super) fn count(bytes: &[u8], byte: u8) -> u64 {
    let in_step =
        |step: &[u8]| u64::from(step.iter().fold(0_u8, |sum, one| sum.wrapping_add(u8::from(*one == byte))));
    bytes.chunks(STEP).map(in_step).sum()
}

/// True where one of two bytes stands in some bytes.
pub(super) fn has_either(bytes: &[u8], [first, second]: [u8; 2]) -> bool {
    let is = |one: u8| u8::from(one == first) | u8::from(one == second);
    bytes.chunks(STEP).any(|step| step.iter().fold(0, |has, one| has | is(*one)) != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        #[test]
        fn bytes_are_found_wherever_they_stand(bytes in proptest::collection::vec(0_u8..4, 0..1_000), one in 0_u8..5) {
            let found = memchr::memchr_iter(one, &bytes).count();
            proptest::prop_assert_eq!(count(&bytes, one), found as u64);
            proptest::prop_assert_eq!(has_either(&bytes, [one, 9]), found > 0);
            proptest::prop_assert_eq!(has_either(&bytes, [9, one]), found > 0);
        }
    }
}
