//! What the number format of a cell says of the number: a format makes a date of it, a percentage, or a number with
//! leading zeros, and a clerk knows the cell by what it shows.

/// How a number is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Format {
    /// As a number.
    #[default]
    Plain,
    /// As a hundred times as much, with a sign.
    Percent,
    /// With zeros before it, in so many digits.
    Padded(u8),
    /// As a day or a part of one.
    Date(Shown),
    /// As a time that has passed.
    Duration,
}

/// What of a day is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// Year, month and day.
    Day,
    /// Year and month.
    Month,
    /// The year.
    Year,
    /// Month or day, without the year.
    NoYear,
}

impl Format {
    /// Of a format by its code, and by its number where that stands for one of the system.
    pub(super) fn of(code: &str, id: Option<u32>) -> Self {
        match id {
            Some(id) if code.eq_ignore_ascii_case("general") => Self::of_system(id),
            _ if code.to_ascii_lowercase().contains("general") => Self::Plain,
            _ => Self::of_code(code),
        }
    }

    /// Formats that have a number and perhaps no code, as Excel shows them in Chinese.
    fn of_system(id: u32) -> Self {
        match id {
            9 | 10 => Self::Percent,
            14 | 15 | 22 | 30 | 31 => Self::Date(Shown::Day),
            17 | 27 | 36 | 50 | 52 | 57 => Self::Date(Shown::Month),
            16 | 28 | 29 | 51 | 53 | 54 | 58 => Self::Date(Shown::NoYear),
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => Self::Duration,
            _ => Self::Plain,
        }
    }

    /// Of a code such as `0.00`, `yyyy"年"m"月"` or `#,##0.00;[Red]-#,##0.00`: the first part counts, that of numbers
    /// above zero.
    fn of_code(code: &str) -> Self {
        let mut seen = Seen::default();
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                ';' => break,
                '"' => while !matches!(chars.next(), None | Some('"')) {},
                // The next character is shown, or its width left free, or repeated.
                '\\' | '_' | '*' => {
                    chars.next();
                }
                '[' => {
                    let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    let passed = |c: char| matches!(c.to_ascii_lowercase(), 'h' | 'm' | 's');
                    if !inner.is_empty() && inner.chars().all(passed) {
                        return Self::Duration;
                    }
                }
                _ => seen.add(c),
            }
        }
        seen.format()
    }
}

/// What stands in a code.
#[derive(Default)]
struct Seen {
    /// Letters and signs that stand for something, `y` for any year; `x` for all that stand for themselves.
    signs: String,
    /// Places of digits that are always shown.
    zeros: u8,
}

impl Seen {
    fn has(&self, signs: &[char]) -> bool {
        self.signs.contains(signs)
    }

    fn add(&mut self, c: char) {
        let sign = match c.to_ascii_lowercase() {
            '0' => {
                self.zeros = self.zeros.saturating_add(1);
                return;
            }
            // A year of the calendar in use, or where there are digits a power of ten.
            'e' if self.zeros == 0 && !self.has(&['#', '?']) => 'y',
            sign @ ('y' | 'm' | 'd' | 'h' | 's' | '%' | '#' | '?') => sign,
            _ => 'x',
        };
        self.signs.push(sign);
    }

    fn format(&self) -> Format {
        if self.has(&['%']) {
            return Format::Percent;
        }
        // Seconds may have decimals; nothing else of a day has digits of its own.
        let clock = self.has(&['h', 's']);
        if self.has(&['#', '?']) || self.zeros > 0 && !clock {
            let padded = self.zeros > 1 && self.signs.is_empty();
            return if padded { Format::Padded(self.zeros) } else { Format::Plain };
        }
        match (self.has(&['y']), self.has(&['m']), self.has(&['d'])) {
            (true, _, true) => Format::Date(Shown::Day),
            (true, true, false) => Format::Date(Shown::Month),
            (true, false, false) => Format::Date(Shown::Year),
            (false, _, true) => Format::Date(Shown::NoYear),
            (false, ..) if clock => Format::Duration,
            (false, true, false) => Format::Date(Shown::NoYear),
            (false, false, false) => Format::Plain,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_known_by_what_they_show() {
        let day = Format::Date(Shown::Day);
        for (code, format) in [
            ("General", Format::Plain),
            ("G/通用格式", Format::Plain),
            ("@", Format::Plain),
            ("0", Format::Plain),
            ("0.00", Format::Plain),
            ("#,##0.00;[Red]-#,##0.00", Format::Plain),
            ("0.00E+00", Format::Plain),
            ("_ \"¥\"* #,##0.00_ ;_ \"¥\"* -#,##0.00_ ", Format::Plain),
            ("[$¥-804]#,##0.00", Format::Plain),
            ("0\"d\"", Format::Plain),
            ("000000", Format::Padded(6)),
            ("0%", Format::Percent),
            ("0.00%;-0.00%", Format::Percent),
            ("0\"%\"", Format::Plain),
            ("yyyy-mm-dd", day),
            ("yyyy/m/d;@", day),
            ("yyyy\"年\"m\"月\"d\"日\";@", day),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\"dddd;@", day),
            ("[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", day),
            ("m/d/yy h:mm", day),
            ("mm-dd-yy", day),
            ("yyyy\\-mm\\-dd", day),
            ("yyyy\"年\"m\"月\"", Format::Date(Shown::Month)),
            ("mmm-yy", Format::Date(Shown::Month)),
            ("yyyy", Format::Date(Shown::Year)),
            ("m\"月\"d\"日\"", Format::Date(Shown::NoYear)),
            ("d-mmm", Format::Date(Shown::NoYear)),
            ("h:mm:ss AM/PM", Format::Duration),
            ("[h]:mm:ss", Format::Duration),
            ("mm:ss.0", Format::Duration),
            ("\"", Format::Plain),
            ("[", Format::Plain),
            ("\\", Format::Plain),
        ] {
            assert_eq!(Format::of(code, None), format, "{code}");
        }
        assert_eq!(Format::of("General", Some(57)), Format::Date(Shown::Month));
        assert_eq!(Format::of("General", Some(31)), day);
        assert_eq!(Format::of("General", Some(0)), Format::Plain);
        assert_eq!(Format::of("0.00", Some(31)), Format::Plain);
    }
}
