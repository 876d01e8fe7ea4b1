//! What a file is before a decoder sees it: which kind of workbook, or what else under its name; and that it comes to no
//! more than a file of its size may.
//!
//! The sizes a ZIP archive declares prove nothing, so each part is unpacked once and thrown away.

use super::tags::Tags;
use crate::diagnostic::Term;
use crate::register::broken::Broken;
use crate::register::fence::fenced;
use crate::register::limits::{Budget, too_large};
use memchr::memmem;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use zip::ZipArchive;

/// Bytes that the parts of any workbook may come to, and the texts that cells share, which are held in memory.
const MOST: u64 = 4 << 30;
const MOST_SHARED: u64 = 1 << 30;
/// Bytes looked at to tell what a file is.
const HEAD: usize = 4 * 1024;
/// Bytes unpacked at a time, and those of them looked at again with the next.
const CHUNK: usize = 64 * 1024;
const OVERLAP: usize = 64;
/// The least a text takes that cells share: `<si/>`.
const SHARED: u64 = 5;
/// Tags of the part that says how cells look, and bytes of one: the decoder copies the parts of a look to each that has them.
/// Excel knows 65,490 looks, and formats of 255 characters.
const MOST_LOOKS: u64 = 200_000;
const LONGEST_LOOK: u64 = 2_048;

/// The kinds of workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    /// Office Open XML.
    Zip,
    /// BIFF in a compound file.
    Compound,
}

/// What an archive is known to hold.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Checked {
    /// Some sheet may have merged cells.
    pub merges: bool,
}

/// Which kind of workbook a file is, whatever its ending.
pub(super) fn container(file: &mut File) -> Result<Container, Broken> {
    let mut head = Vec::new();
    file.rewind()?;
    file.by_ref().take(HEAD as u64).read_to_end(&mut head)?;
    match head.as_slice() {
        [] => Err(Broken::Empty),
        [b'P', b'K', 3, 4, ..] => Ok(Container::Zip),
        [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, ..] => Ok(Container::Compound),
        head => Err(other(head)),
    }
}

/// What a file is that is no workbook, and what to do with it. Many programs write such files under these names.
fn other(head: &[u8]) -> Broken {
    let has = |word: &str| memmem::find(&head.to_ascii_lowercase(), word.as_bytes()).is_some();
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let save = Term::new("用 Excel 或 WPS 打开,另存为 .xlsx", "open it in Excel or WPS and save it as .xlsx");
    if text.starts_with(b"<") && (has("<html") || has("<table") || has("<!doctype html")) {
        let is = Term::new("它其实是网页表格(HTML)", "it is a table of a web page (HTML) under that name");
        return Broken::Mendable(is, save);
    }
    if text.starts_with(b"<") {
        let is = Term::new("它其实是 XML 文本", "it is XML text under that name");
        return Broken::Mendable(is, save);
    }
    if matches!(head, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        return Broken::Mendable(
            Term::new("它其实是 UTF-16 文本", "it is text in UTF-16 under that name"),
            save,
        );
    }
    if matches!(head, [0x09, 0 | 2 | 4 | 8, ..]) {
        return Broken::Mendable(
            Term::new("它是 Excel 5 以前的旧格式", "it is of a format older than Excel 5"),
            save,
        );
    }
    if !head.contains(&0) {
        return Broken::Mendable(
            Term::new("它其实是文本(CSV)", "it is text (CSV) under that name"),
            Term::new(
                "把后缀改成 .csv;或用 Excel 打开,另存为 .xlsx",
                "rename it to .csv, or open it in Excel and save it as .xlsx",
            ),
        );
    }
    Broken::Unsound(Term::new("它不是 Excel 工作簿", "it is no workbook of Excel"))
}

/// Checks what the parts of an archive come to.
pub(super) fn check_archive(file: &File, bytes: u64) -> Result<Checked, Broken> {
    fenced(|| check_parts(file, bytes))?
}

fn check_parts(file: &File, bytes: u64) -> Result<Checked, Broken> {
    let failed = |error: zip::result::ZipError| Broken::Decoder(error.to_string());
    let mut archive = ZipArchive::new(BufReader::new(file.try_clone()?)).map_err(failed)?;
    let mut left = Budget::of(bytes);
    left.at_most(MOST);
    let mut checked = Checked::default();
    for place in 0..archive.len() {
        let mut part = archive.by_index(place).map_err(failed)?;
        let name = part.name().map_err(failed)?.to_ascii_lowercase();
        if let Some(refused) = refused(&name) {
            return Err(refused);
        }
        let shared = name.ends_with("sharedstrings.xml");
        let looks = name.ends_with("styles.xml");
        let mut own = left;
        if shared {
            own.at_most(MOST_SHARED);
        }
        let before = own;
        let mut tags = Tags::default();
        checked.merges |= unpack(&mut part, &mut own, shared, |bytes| {
            // Texts may hold anything, and are no tags that matter.
            if !shared {
                tags.pass(bytes);
            }
            if looks && (tags.count > MOST_LOOKS || tags.longest > LONGEST_LOOK) {
                return Err(too_large());
            }
            if tags.unstored { Err(not_computed()) } else { Ok(()) }
        })?;
        left.spend(own.less_than(before))?;
    }
    Ok(checked)
}

/// Parts by which an archive is another kind of document.
fn refused(name: &str) -> Option<Broken> {
    let save = || Term::new("另存为 .xlsx", "save it as .xlsx");
    match name {
        "mimetype" | "content.xml" => Some(Broken::Mendable(
            Term::new("它是 OpenDocument(.ods)表格", "it is an OpenDocument spreadsheet (.ods)"),
            save(),
        )),
        "xl/workbook.bin" => Some(Broken::Mendable(
            Term::new("它是二进制工作簿(.xlsb)", "it is a binary workbook (.xlsb)"),
            save(),
        )),
        _ => None,
    }
}

/// Unpacks a part to nowhere. True where it speaks of merged cells.
fn unpack(
    part: &mut impl Read,
    left: &mut Budget,
    shared: bool,
    mut look: impl FnMut(&[u8]) -> Result<(), Broken>,
) -> Result<bool, Broken> {
    let mut window = vec![0; OVERLAP + CHUNK];
    let (mut kept, mut merges) = (0, false);
    let (mut total, mut declared) = (0_u64, 0_u64);
    loop {
        let room = window.get_mut(kept..).unwrap_or_default();
        let read = match part.read(room) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(Broken::Decoder(error.to_string())),
        };
        left.spend(read as u64)?;
        look(room.get(..read).unwrap_or_default())?;
        total += read as u64;
        let end = kept + read;
        let seen = window.get(..end).unwrap_or_default();
        merges |= memmem::find(seen, b"mergeCell").is_some();
        if shared {
            declared = declared.max(counts(seen, read == 0));
        }
        if read == 0 {
            break;
        }
        kept = end.min(OVERLAP);
        window.copy_within(end - kept..end, 0);
    }
    // The decoder makes room for as many texts as the part says it has.
    if declared > total / SHARED { Err(too_large()) } else { Ok(merges) }
}

/// The largest number of texts that some bytes declare; one that is spelled in an unusual way is beyond all. What stands
/// so near to the end that the next bytes belong to it is seen again with them, unless there are none.
fn counts(bytes: &[u8], at_end: bool) -> u64 {
    const NAME: &[u8] = b"uniqueCount";
    let declared = |place: usize| {
        let rest = bytes.get(place + NAME.len()..).unwrap_or_default();
        if rest.len() < OVERLAP / 2 && !at_end {
            return 0;
        }
        let quoted = rest.strip_prefix(b"=\"").or_else(|| rest.strip_prefix(b"='")).unwrap_or_default();
        let digits = quoted.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = quoted.get(..digits).and_then(|digits| str::from_utf8(digits).ok());
        let ended = matches!(quoted.get(digits), Some(b'"' | b'\''));
        text.filter(|_| ended).and_then(|text| text.parse().ok()).unwrap_or(u64::MAX)
    };
    memmem::find_iter(bytes, NAME).map(declared).max().unwrap_or(0)
}

/// True where a compound file holds a workbook behind a password.
pub(super) fn is_encrypted(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    memmem::find(bytes, &name).is_some()
}

/// Formulas of which nobody has worked out what they come to: read as blank cells they would count against a family.
fn not_computed() -> Broken {
    Broken::Mendable(
        Term::new("有的公式没有算出结果", "it has formulas without a result"),
        Term::new(
            "它是别的程序写的:用 Excel 或 WPS 打开,等它算好,再保存",
            "another program wrote it: open it in Excel or WPS, let it calculate, and save it",
        ),
    )
}

/// A workbook that asks for a password.
pub(super) fn password() -> Broken {
    Broken::Mendable(
        Term::new("它加了打开密码", "it is protected by a password"),
        Term::new(
            "在 Excel 里打开,取消密码(文件—信息—保护工作簿),再保存",
            "open it in Excel, take the password off (File, Info, Protect Workbook) and save it",
        ),
    )
}
