//! Text in UTF-8, or in GB18030 (with GBK and GB2312 in it) as Excel saves CSV on Chinese systems.

use super::input::{Fault, Guard, LONGEST_LINE, open};
use encoding_rs::{Decoder, DecoderResult, GB18030};
use memchr::{memchr_iter, memrchr};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

/// Bytes read at a time.
const BLOCK: usize = 64 * 1024;
/// So many lines decide.
const ENOUGH: u64 = 1_000;

/// A file of text as UTF-8, whatever it is written in.
pub enum Text {
    /// As it stands.
    Utf8(BufReader<Guard<File>>),
    /// Decoded.
    Gb18030(Box<Decoded<BufReader<Guard<File>>>>),
}

impl Text {
    /// Opens a file and finds out how it is written.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let input = BufReader::with_capacity(BLOCK, open(path)?);
        let gb18030 = is_gb18030(File::open(path).map_err(Fault::Io)?)?;
        if !gb18030 {
            return Ok(Self::Utf8(input));
        }
        Ok(Self::Gb18030(Box::new(Decoded::new(input))))
    }

    /// SHA-256 of the bytes of the file, in hexadecimal.
    pub fn sha256(self) -> String {
        match self {
            Self::Utf8(input) => input.into_inner().sha256(),
            Self::Gb18030(input) => input.input.into_inner().sha256(),
        }
    }
}

impl Read for Text {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Utf8(input) => input.read(buffer),
            Self::Gb18030(input) => input.read(buffer),
        }
    }
}

impl BufRead for Text {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        match self {
            Self::Utf8(input) => input.fill_buf(),
            Self::Gb18030(input) => input.fill_buf(),
        }
    }

    fn consume(&mut self, amount: usize) {
        match self {
            Self::Utf8(input) => input.consume(amount),
            Self::Gb18030(input) => input.consume(amount),
        }
    }
}

/// Is a file rather GB18030 than damaged UTF-8? Hardly a line of the one is a line of the other, so the lines that are
/// not plain ASCII decide. What cannot be read at all is left to those who read it.
fn is_gb18030(mut input: impl Read) -> Result<bool, Fault> {
    let (mut utf8, mut others) = (0_u64, 0_u64);
    let mut count = |bytes: &[u8]| {
        if !bytes.is_ascii() {
            for line in bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_ascii()) {
                if str::from_utf8(line).is_ok() { utf8 += 1 } else { others += 1 }
            }
        }
        (utf8 + others >= ENOUGH, others > utf8)
    };
    let mut buffer = vec![0; BLOCK];
    let mut kept = 0;
    loop {
        let read = input.read(buffer.get_mut(kept..).unwrap_or_default()).map_err(Fault::Io)?;
        let filled = buffer.get(..kept + read).unwrap_or_default();
        // A line that is too long is told by the reader.
        if read == 0 || kept > LONGEST_LINE {
            return Ok(count(filled).1);
        }
        // A line that goes on is looked at when it is whole.
        let end = memrchr(b'\n', filled).map_or(0, |place| place + 1);
        let (enough, gb18030) = count(filled.get(..end).unwrap_or_default());
        if enough {
            return Ok(gb18030);
        }
        let left = filled.len() - end;
        buffer.copy_within(end..kept + read, 0);
        kept = left;
        if kept == buffer.len() {
            buffer.resize(2 * kept, 0);
        }
    }
}

/// GB18030 as UTF-8.
pub struct Decoded<R> {
    input: R,
    decoder: Decoder,
    line: u64,
    ended: bool,
    /// What was decoded, and how much of it was taken.
    text: Vec<u8>,
    taken: usize,
}

impl<R: BufRead> Decoded<R> {
    fn new(input: R) -> Self {
        let decoder = GB18030.new_decoder_without_bom_handling();
        Self { input, decoder, line: 1, ended: false, text: Vec::new(), taken: 0 }
    }

    fn next_block(&mut self) -> io::Result<()> {
        let chunk = self.input.fill_buf()?;
        let last = chunk.is_empty();
        // Room for all of it, so that nothing is left over.
        let most = self.decoder.max_utf8_buffer_length_without_replacement(chunk.len());
        self.text.resize(most.ok_or(io::ErrorKind::OutOfMemory)?, 0);
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(chunk, &mut self.text, last);
        self.line += memchr_iter(b'\n', chunk.get(..read).unwrap_or_default()).count() as u64;
        self.input.consume(read);
        self.text.truncate(written);
        self.taken = 0;
        self.ended = last;
        match result {
            DecoderResult::Malformed(..) => {
                Err(io::Error::new(io::ErrorKind::InvalidData, Fault::NotUtf8(self.line)))
            }
            DecoderResult::InputEmpty | DecoderResult::OutputFull => Ok(()),
        }
    }
}

impl<R: BufRead> BufRead for Decoded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        while self.taken == self.text.len() && !self.ended {
            self.next_block()?;
        }
        Ok(self.text.get(self.taken..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.taken = self.text.len().min(self.taken + amount);
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let ready = self.fill_buf()?;
        let count = ready.len().min(buffer.len());
        let (to, from) = (buffer.get_mut(..count), ready.get(..count));
        if let (Some(to), Some(from)) = (to, from) {
            to.copy_from_slice(from);
        }
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written_in(text: &[u8]) -> bool {
        is_gb18030(text).unwrap()
    }

    fn gb18030(text: &str) -> Vec<u8> {
        GB18030.encode(text).0.into_owned()
    }

    #[test]
    fn the_lines_decide() {
        assert!(written_in(&gb18030("户编号,村\nH1,甲村\n")));
        assert!(!written_in("户编号,村\nH1,甲村\n".as_bytes()));
        assert!(!written_in(b"household_no,village\nH1,A\n"));
        // One torn character in a file of UTF-8.
        assert!(!written_in(&["户编号,村\nH1,甲村\nH2,".as_bytes(), b"\xe7\x94\n"].concat()));
        // A line longer than a block.
        let long = gb18030(&format!("户编号,村\nH1,{}\n", "甲".repeat(BLOCK)));
        assert!(written_in(&long));
    }

    proptest::proptest! {
        #[test]
        fn what_was_encoded_is_read(text in "[户甲\u{3400}\u{20000}a,\n]{0,200}") {
            let input = BufReader::with_capacity(7, io::Cursor::new(gb18030(&text)));
            let mut found = String::new();
            Decoded::new(input).read_to_string(&mut found).unwrap();
            proptest::prop_assert_eq!(found, text);
        }
    }
}
