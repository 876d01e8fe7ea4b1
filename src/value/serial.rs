//! Days as spreadsheets number them.

use super::Day;

/// 1970-01-01 where 1900-01-01 is the first day and 1900 has a 29 February, as in most workbooks.
const EPOCH: i32 = 25_569;
/// The day that never was: 1900-02-29.
const PHANTOM: i32 = 60;
/// The first day of workbooks that count from 1904, by the other count.
const OF_1904: i32 = 1_462;

impl Day {
    /// The day of a serial number; none where it has none: 1900-02-29, and what lies before the first day.
    #[must_use]
    pub fn from_serial(serial: i32, from_1904: bool) -> Option<Self> {
        if from_1904 {
            let later = serial.checked_add(OF_1904).filter(|_| serial >= 0)?;
            return Self::from_number(later - EPOCH);
        }
        match serial {
            ..=0 | PHANTOM => None,
            1..PHANTOM => Self::from_number(serial - EPOCH + 1),
            _ => Self::from_number(serial - EPOCH),
        }
    }

    /// The serial number of a day, counted from 1900; none before.
    #[must_use]
    pub fn serial(self) -> Option<i32> {
        let serial = self.number() + EPOCH;
        let serial = if serial <= PHANTOM { serial - 1 } else { serial };
        (serial > 0).then_some(serial)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(serial: i32, from_1904: bool) -> Option<String> {
        Day::from_serial(serial, from_1904).map(|day| day.to_string())
    }

    #[test]
    fn serials_are_those_of_excel() {
        for (serial, day) in [
            (1, "1900-01-01"),
            (59, "1900-02-28"),
            (61, "1900-03-01"),
            (38_412, "2005-03-01"),
            (2_958_465, "9999-12-31"),
        ] {
            assert_eq!(shown(serial, false).as_deref(), Some(day));
            assert_eq!(Day::from_serial(serial, false).and_then(Day::serial), Some(serial));
        }
        for (serial, day) in [(0, "1904-01-01"), (36_950, "2005-03-01")] {
            assert_eq!(shown(serial, true).as_deref(), Some(day));
        }
        for serial in [i32::MIN, -1, 0, 60, 2_958_466, i32::MAX] {
            assert_eq!(shown(serial, false), None, "{serial}");
        }
        for serial in [i32::MIN, -1, 2_957_004, i32::MAX] {
            assert_eq!(shown(serial, true), None, "{serial}");
        }
        assert_eq!(Day::new(1899, 12, 31).and_then(Day::serial), None);
    }
}
