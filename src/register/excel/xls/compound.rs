//! A compound file (MS-CFB): the file system within a file that workbooks of the old format are. In: its bytes; out: those
//! of the workbook in it.

/// Sectors from here on are marks, the last of a chain among them.
const MARKS: u32 = 0xffff_fffa;
/// Bytes of an entry of the directory, and of a sector of small streams.
const ENTRY: usize = 128;
const MINI: usize = 64;
/// Streams below this many bytes are kept in small sectors.
const SMALL: usize = 4096;
/// Sectors of the table that the header itself names.
const NAMED: std::ops::Range<usize> = 76..512;
/// What a workbook is called, since Excel 97 and before.
const NAMES: [&str; 2] = ["Workbook", "Book"];

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn longs(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.as_chunks::<4>().0.iter().map(|word| u32::from_le_bytes(*word))
}

/// The file as sectors.
struct Sectors<'f> {
    bytes: &'f [u8],
    size: usize,
}

impl<'f> Sectors<'f> {
    /// A sector; the last may be cut short.
    fn get(&self, id: u32) -> Option<&'f [u8]> {
        let start = (usize::try_from(id).ok()?.checked_add(1)?).checked_mul(self.size)?;
        let end = start.checked_add(self.size)?.min(self.bytes.len());
        self.bytes.get(start..end).filter(|sector| !sector.is_empty())
    }
}

/// The sectors of a chain, one after the other. None where it leads round in a circle or out of the file: no chain has more
/// links than its table.
fn chain<'f>(
    first: u32,
    table: &[u32],
    length: usize,
    get: impl Fn(u32) -> Option<&'f [u8]>,
) -> Option<Vec<u8>> {
    let (mut bytes, mut next, mut links) = (Vec::new(), first, 0);
    while next < MARKS && bytes.len() < length {
        links += 1;
        if links > table.len() {
            return None;
        }
        bytes.extend_from_slice(get(next)?);
        next = *table.get(usize::try_from(next).ok()?)?;
    }
    bytes.truncate(length);
    Some(bytes)
}

/// The stream of the workbook; none where there is none, or the file is damaged.
pub(super) fn workbook(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = match short(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let sectors = Sectors { bytes, size };
    let most = bytes.len() / size + 1;
    let table = table(&sectors, most)?;
    let directory = chain(long(bytes, 48)?, &table, usize::MAX, |id| sectors.get(id))?;
    let entries = directory.as_chunks::<ENTRY>().0;
    let length = |entry: &[u8; ENTRY]| usize::try_from(long(entry, 120)?).ok();
    let entry = NAMES.iter().find_map(|name| entries.iter().find(|entry| is_named(entry, name)))?;
    let (first, length) = (long(entry, 116)?, length(entry)?);
    if length >= SMALL {
        return chain(first, &table, length, |id| sectors.get(id));
    }
    let root = entries.first()?;
    let minis = chain(long(root, 116)?, &table, usize::MAX, |id| sectors.get(id))?;
    let of_minis = chain(long(bytes, 60)?, &table, usize::MAX, |id| sectors.get(id))?;
    let of_minis: Vec<u32> = longs(&of_minis).collect();
    let mini = |id: u32| {
        let start = usize::try_from(id).ok()?.checked_mul(MINI)?;
        minis.get(start..minis.len().min(start.checked_add(MINI)?)).filter(|sector| !sector.is_empty())
    };
    chain(first, &of_minis, length, mini)
}

/// The table of chains: which sector follows each.
fn table(sectors: &Sectors<'_>, most: usize) -> Option<Vec<u32>> {
    let mut of_table: Vec<u32> = longs(sectors.bytes.get(NAMED)?).collect();
    let (mut next, mut links) = (long(sectors.bytes, 68)?, 0);
    while next < MARKS {
        links += 1;
        if links > most {
            return None;
        }
        let mut more: Vec<u32> = longs(sectors.get(next)?).collect();
        next = more.pop()?;
        of_table.extend(more);
    }
    let named = of_table.into_iter().filter(|id| *id < MARKS);
    let mut table = Vec::new();
    for id in named {
        table.extend(longs(sectors.get(id)?));
        if table.len() > most.saturating_add(sectors.size) {
            // The rest speaks of sectors that the file does not have.
            break;
        }
    }
    Some(table)
}

fn is_named(entry: &[u8; ENTRY], name: &str) -> bool {
    let units = entry.as_chunks::<2>().0.iter().take(ENTRY / 4).map(|unit| u16::from_le_bytes(*unit));
    let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units).eq_ignore_ascii_case(name)
}
