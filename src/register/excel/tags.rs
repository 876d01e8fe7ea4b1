//! The tags of XML as they pass, without a tree: enough to see how many there are, how long, and whether a formula has a
//! result. A parser would hold each tag, however long somebody made it; here only its beginning is.

/// Bytes of a tag that are looked at.
const HEAD: usize = 256;

/// Where in the text the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Text,
    /// In a tag, between quotes of that kind perhaps.
    Tag(Option<u8>),
    /// In a comment, a section or an instruction, which ends with those bytes.
    Until(&'static [u8]),
}

/// What has passed.
#[derive(Debug)]
pub(super) struct Tags {
    state: State,
    /// The beginning of the tag at hand, and how long it is.
    head: Vec<u8>,
    length: u64,
    /// There was something between the last tag and this one.
    text: bool,
    cell: Cell,
    /// How many tags there were, and the length of the longest.
    pub count: u64,
    pub longest: u64,
    /// A cell has a formula and no result.
    pub unstored: bool,
}

/// The cell at hand.
#[derive(Clone, Copy, Debug, Default)]
struct Cell {
    is_text: bool,
    formula: bool,
    value: bool,
}

impl Default for Tags {
    fn default() -> Self {
        Self {
            state: State::Text,
            head: Vec::with_capacity(HEAD),
            length: 0,
            text: false,
            cell: Cell::default(),
            count: 0,
            longest: 0,
            unstored: false,
        }
    }
}

impl Tags {
    /// The next bytes.
    pub(super) fn pass(&mut self, bytes: &[u8]) {
        for byte in bytes.iter().copied() {
            match self.state {
                State::Text if byte == b'<' => {
                    self.head.clear();
                    (self.length, self.state) = (0, State::Tag(None));
                }
                State::Text => self.text = true,
                State::Tag(None) if byte == b'>' => self.close(),
                State::Tag(quote) => {
                    self.length += 1;
                    self.longest = self.longest.max(self.length);
                    if self.head.len() < HEAD {
                        self.head.push(byte);
                    }
                    self.state = match (quote, byte) {
                        (Some(open), byte) if open == byte => State::Tag(None),
                        (None, b'"' | b'\'') => State::Tag(Some(byte)),
                        _ => match self.head.as_slice() {
                            b"!--" => State::Until(b"-->"),
                            b"![CDATA[" => State::Until(b"]]>"),
                            b"?" => State::Until(b"?>"),
                            _ => self.state,
                        },
                    };
                    if self.state == State::Until(b"]]>") {
                        self.text = true;
                    }
                }
                State::Until(end) => {
                    self.head.push(byte);
                    if self.head.ends_with(end) {
                        self.state = State::Text;
                    }
                    // As much as an end needs.
                    if self.head.len() >= HEAD {
                        self.head.drain(..HEAD - end.len());
                    }
                }
            }
        }
    }

    /// A tag is whole.
    fn close(&mut self) {
        self.state = State::Text;
        self.count += 1;
        let text = std::mem::take(&mut self.text);
        let (ends, head) = match self.head.strip_prefix(b"/") {
            Some(head) => (true, head),
            None => (false, self.head.as_slice()),
        };
        let name = head.split(|byte| byte.is_ascii_whitespace() || *byte == b'/').next().unwrap_or_default();
        let name = name.rsplit(|byte| *byte == b':').next().unwrap_or_default();
        match (name, ends) {
            (b"c", false) => {
                let has = |word: &[u8]| memchr::memmem::find(head, word).is_some();
                // A text may be blank.
                self.cell = Cell { is_text: has(b"t=\"str\"") || has(b"t='str'"), ..Cell::default() };
            }
            (b"f", false) => self.cell.formula = true,
            (b"v", true) => self.cell.value |= text,
            (b"is", false) => self.cell.value = true,
            (b"c", true) => {
                let Cell { is_text, formula, value } = std::mem::take(&mut self.cell);
                self.unstored |= formula && !value && !is_text;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// However the bytes come.
    fn seen(xml: &str) -> Tags {
        let (mut one, mut whole) = (Tags::default(), Tags::default());
        xml.as_bytes().iter().for_each(|byte| one.pass(&[*byte]));
        whole.pass(xml.as_bytes());
        let facts = |tags: &Tags| (tags.count, tags.longest, tags.unstored);
        assert_eq!(facts(&one), facts(&whole));
        whole
    }

    #[test]
    fn a_formula_without_a_result_is_seen() {
        for xml in [
            r#"<c r="A1"><f>DATE(2005,3,1)</f></c>"#,
            r#"<x:c r="A1" s="3"><x:f t="shared" si="0"/></x:c>"#,
            r#"<c r="A1"><f>1+1</f><v></v></c>"#,
            r#"<c r="A1"><f>1+1</f><v /></c>"#,
            r#"<!-- "<c> --><c><f>1</f></c>"#,
        ] {
            assert!(seen(xml).unstored, "{xml}");
        }
        for xml in [
            r#"<c r="A1"><f>1+1</f><v>2</v></c>"#,
            r#"<c r="A1" t="str"><f>""</f><v></v></c>"#,
            r#"<c r="A1"/><c r="B1"><v>3</v></c>"#,
            r#"<c r="A1"><f>1+1</f><v><![CDATA[2]]></v></c>"#,
            r"<!-- <c><f>1</f></c> --><?x <c><f>1</f></c> ?>",
        ] {
            assert!(!seen(xml).unstored, "{xml}");
        }
    }

    #[test]
    fn tags_are_counted_and_measured() {
        let tags = seen(r#"<a><b c="<>>" d='"'/>text</a>"#);
        assert_eq!((tags.count, tags.longest), (3, 16));
    }
}
