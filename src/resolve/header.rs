//! What a file is: its header.

use crate::ast::{Declared, File, HeaderPart, ItemKind, Name};

/// The header of a file.
#[derive(Clone, Copy, Debug)]
pub enum Header<'a> {
    /// A vocabulary.
    Vocabulary(&'a Declared),
    /// A charter, the vocabulary it uses and the charter it stands under.
    Charter {
        /// Name and title.
        declared: &'a Declared,
        /// `uses`
        uses: Option<&'a Name>,
        /// `under`
        under: Option<&'a Name>,
    },
}

/// The first header of a file.
#[must_use]
pub fn header(file: &File) -> Option<Header<'_>> {
    file.items.iter().find_map(|item| match &item.kind {
        ItemKind::Vocabulary(declared) => Some(Header::Vocabulary(declared)),
        ItemKind::Charter(charter) => {
            let uses = charter.parts.iter().find_map(|part| match &part.value {
                HeaderPart::Uses(name) => Some(name),
                _ => None,
            });
            let under = charter.parts.iter().find_map(|part| match &part.value {
                HeaderPart::Under(name) => Some(name),
                _ => None,
            });
            Some(Header::Charter { declared: &charter.declared, uses, under })
        }
        _ => None,
    })
}

impl Header<'_> {
    /// Name and title.
    #[must_use]
    pub fn declared(&self) -> &Declared {
        match self {
            Self::Vocabulary(declared) | Self::Charter { declared, .. } => declared,
        }
    }
}
