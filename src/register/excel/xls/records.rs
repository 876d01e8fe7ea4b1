//! The records of a workbook of the old format (MS-XLS), and the texts in them.

use crate::register::broken::{Broken, damaged};
use encoding_rs::Encoding;

/// A record that goes on with what the one before had no room for.
const CONTINUE: u16 = 0x003c;

/// A record: its kind and its bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Record<'s> {
    pub kind: u16,
    pub data: &'s [u8],
}

/// The records of a stream, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Records<'s> {
    rest: &'s [u8],
}

impl<'s> Records<'s> {
    /// From a place of a stream on.
    pub(super) fn at(stream: &'s [u8], place: usize) -> Result<Self, Broken> {
        stream.get(place..).map(|rest| Self { rest }).ok_or_else(damaged)
    }

    /// The next record, which is no continuation of one that was passed over; none at the end of the stream.
    pub(super) fn next(&mut self) -> Result<Option<Record<'s>>, Broken> {
        loop {
            match self.any()? {
                Some(record) if record.kind == CONTINUE => {}
                other => return Ok(other),
            }
        }
    }

    fn any(&mut self) -> Result<Option<Record<'s>>, Broken> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let word = |at: usize| self.rest.get(at..at + 2).map(|word| u16::from_le_bytes([word[0], word[1]]));
        let (Some(kind), Some(length)) = (word(0), word(2)) else { return Err(damaged()) };
        let end = 4 + usize::from(length);
        let (Some(data), Some(rest)) = (self.rest.get(4..end), self.rest.get(end..)) else {
            return Err(damaged());
        };
        self.rest = rest;
        Ok(Some(Record { kind, data }))
    }

    /// What the record that was read last goes on with.
    fn continued(&mut self) -> Option<&'s [u8]> {
        if !self.rest.starts_with(&CONTINUE.to_le_bytes()) {
            return None;
        }
        self.any().ok().flatten().map(|record| record.data)
    }
}

/// The bytes of a record and of those it goes on in.
pub(super) struct Bytes<'r, 's> {
    data: &'s [u8],
    records: &'r mut Records<'s>,
}

impl<'r, 's> Bytes<'r, 's> {
    pub(super) fn of(record: Record<'s>, records: &'r mut Records<'s>) -> Self {
        Self { data: record.data, records }
    }

    /// True where there are none left.
    pub(super) fn at_end(&mut self) -> bool {
        while self.data.is_empty() {
            let Some(more) = self.records.continued() else { return true };
            self.data = more;
        }
        false
    }

    /// The next few, of one record.
    fn few<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        if self.at_end() {
            return Err(damaged());
        }
        let few = self.data.split_off(..N).ok_or_else(damaged)?;
        few.try_into().map_err(|_| damaged())
    }

    pub(super) fn byte(&mut self) -> Result<u8, Broken> {
        self.few::<1>().map(|[byte]| byte)
    }

    pub(super) fn short(&mut self) -> Result<u16, Broken> {
        self.few().map(u16::from_le_bytes)
    }

    pub(super) fn long(&mut self) -> Result<u32, Broken> {
        self.few().map(u32::from_le_bytes)
    }

    /// Passes over so many, wherever they stand.
    pub(super) fn skip(&mut self, mut bytes: usize) -> Result<(), Broken> {
        while bytes > 0 {
            if self.at_end() {
                return Err(damaged());
            }
            let here = bytes.min(self.data.len());
            self.data = self.data.get(here..).unwrap_or_default();
            bytes -= here;
        }
        Ok(())
    }

    /// A text of so many characters, behind its flags. Where it goes on in another record, flags stand there again.
    pub(super) fn text(&mut self, characters: usize) -> Result<String, Broken> {
        let mut flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { usize::from(self.short()?) };
        let rest = if flags & 4 == 0 { 0 } else { usize::try_from(self.long()?).map_err(|_| damaged())? };
        let mut units: Vec<u16> = Vec::new();
        while units.len() < characters {
            if self.data.is_empty() {
                if self.at_end() {
                    return Err(damaged());
                }
                flags = self.byte()?;
            }
            let wanted = characters - units.len();
            if flags & 1 == 0 {
                let here = wanted.min(self.data.len());
                let bytes = self.data.split_off(..here).unwrap_or_default();
                units.extend(bytes.iter().map(|byte| u16::from(*byte)));
            } else {
                let here = 2 * wanted.min(self.data.len() / 2);
                if here == 0 {
                    return Err(damaged());
                }
                let bytes = self.data.split_off(..here).unwrap_or_default();
                units.extend(bytes.as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit)));
            }
        }
        self.skip(4 * runs)?;
        self.skip(rest)?;
        Ok(String::from_utf16_lossy(&units))
    }
}

/// How the texts of a workbook are written.
#[derive(Clone, Copy, Debug)]
pub(super) enum Writing {
    /// Unicode, since Excel 97.
    Unicode,
    /// Bytes of a code page.
    Bytes(&'static Encoding),
}

impl Writing {
    /// A text behind its length, which is of one byte or of two.
    pub(super) fn text(self, bytes: &mut Bytes<'_, '_>, wide: bool) -> Result<String, Broken> {
        let length = if wide { usize::from(bytes.short()?) } else { usize::from(bytes.byte()?) };
        match self {
            Self::Unicode => bytes.text(length),
            Self::Bytes(encoding) => {
                let text = bytes.data.split_off(..length).ok_or_else(damaged)?;
                Ok(encoding.decode_without_bom_handling(text).0.into_owned())
            }
        }
    }
}

/// The encoding of a code page.
pub(super) fn encoding(page: u16) -> &'static Encoding {
    match page {
        932 => encoding_rs::SHIFT_JIS,
        936 => encoding_rs::GBK,
        949 => encoding_rs::EUC_KR,
        950 => encoding_rs::BIG5,
        54936 => encoding_rs::GB18030,
        65001 => encoding_rs::UTF_8,
        _ => encoding_rs::WINDOWS_1252,
    }
}
