//! The reader's language, and words given in both.

/// Chinese or English.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// 中文
    Zh,
    /// English
    En,
}

impl Lang {
    /// From a locale's name (`zh_CN.UTF-8`, `en_GB`); Chinese where it names neither.
    #[must_use]
    pub fn from_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("en") { Self::En } else { Self::Zh }
    }

    /// One of two words.
    pub fn pick<T>(self, zh: T, en: T) -> T {
        match self {
            Self::Zh => zh,
            Self::En => en,
        }
    }
}

/// A word or sentence in both languages; the same in both for names and numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// 中文
    pub zh: String,
    /// English
    pub en: String,
}

impl Term {
    /// A word in each language.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// A text that is the same in both, for anything that can be printed.
    // By value, so that numbers and days can be given as they are.
    #[allow(clippy::needless_pass_by_value)]
    pub fn same(text: impl ToString) -> Self {
        Self::from(text.to_string())
    }

    /// The word in a language.
    #[must_use]
    pub fn get(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}

impl From<String> for Term {
    fn from(text: String) -> Self {
        Self { zh: text.clone(), en: text }
    }
}

impl From<&str> for Term {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<&crate::schema::Label> for Term {
    fn from(label: &crate::schema::Label) -> Self {
        Self::new(label.zh(), label.en())
    }
}
