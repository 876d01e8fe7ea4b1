//! The pages of the codes in `docs/codes`: what each must have, in Chinese and in English alike.
//!
//! A half of a page says what is wrong and why, shows it, says how to mend it, and shows it mended. The page of a lint
//! cites the articles that its data name.

use crate::engine::root;
use charter::diagnostic::codes;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// Lints without an entry in `charters/law`: an answer to nothing rests on no law, and what a lower layer takes away is
/// proved, not looked up.
const NO_DATA: [&str; 2] = ["L00", "L21"];

/// A piece of a half: prose, or a block of code without its marks.
#[derive(Debug, PartialEq)]
enum Piece {
    Prose(String),
    Block(String),
}

/// The pieces of a half in order; prose between two blocks is one piece.
fn pieces(half: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, part) in half.split("\n```").enumerate() {
        if index % 2 == 1 {
            // The rest of the first line is the language.
            pieces.push(Piece::Block(part.split_once('\n').map_or("", |(_, code)| code).to_owned()));
        } else if !part.trim().is_empty() {
            pieces.push(Piece::Prose(part.trim().to_owned()));
        }
    }
    pieces
}

/// Title, Chinese and English half of a page.
fn halves(page: &str) -> (&str, &str, &str) {
    let (title, body) = page.split_once("\n\n## 中文\n\n").unwrap();
    let (chinese, english) = body.split_once("\n\n## English\n\n").unwrap();
    (title, chinese, english)
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

fn has_chinese(text: &str) -> bool {
    text.chars().any(is_chinese)
}

/// The last words of a page before the mended example may be a table, a list or several paragraphs.
fn whole(code: &str, language: &str, half: &str) -> Result<(), String> {
    let wrong = |what: &str| Err(format!("{code} in {language}: {what}"));
    if !half.matches("\n```").count().is_multiple_of(2) {
        return wrong("a block is not closed");
    }
    let pieces = pieces(half);
    let [Piece::Prose(what), Piece::Block(bad), Piece::Prose(mend), rest @ ..] = pieces.as_slice() else {
        return wrong("what is wrong, an example of it, how to mend it");
    };
    if !rest.iter().any(|piece| matches!(piece, Piece::Block(good) if good != bad)) {
        return wrong("an example that is mended");
    }
    for text in [what, mend] {
        if text.chars().count() < 6 {
            return wrong("words that say something");
        }
    }
    if bad.trim().is_empty() {
        return wrong("an example with something in it");
    }
    Ok(())
}

#[test]
fn every_page_says_shows_and_mends_in_both_languages() {
    let mut wrong = Vec::new();
    for code in codes::ALL {
        let (title, chinese, english) = halves(code.page);
        let named = title.strip_prefix(&format!("# {} · ", code.id));
        match named.and_then(|title| title.split_once(" / ")) {
            Some((zh, en)) if has_chinese(zh) && !has_chinese(en) => {}
            _ => wrong.push(format!("{}: a title in Chinese and one in English", code.id)),
        }
        for (language, half) in [("Chinese", chinese), ("English", english)] {
            wrong.extend(whole(code.id, language, half).err());
        }
        for piece in pieces(chinese) {
            if let Piece::Prose(text) = piece
                && !has_chinese(&text)
            {
                wrong.push(format!("{}: {text:?} is not Chinese", code.id));
            }
        }
        for piece in pieces(english) {
            // Words of the language and titles of acts may be quoted; a sentence may not.
            if let Piece::Prose(text) = piece
                && text.chars().filter(|c| is_chinese(*c)).count() * 3
                    > text.chars().filter(char::is_ascii_alphabetic).count()
            {
                wrong.push(format!("{}: {text:?} is not English", code.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[derive(Deserialize)]
struct Lint {
    bases: Vec<Basis>,
}

#[derive(Deserialize)]
struct Basis {
    law: String,
    article: Vec<u32>,
    until: Option<String>,
}

#[derive(Deserialize)]
struct Name {
    zh: String,
    en: String,
}

/// `第一千零三十二条` of a number below ten thousand.
fn article_zh(number: u32) -> String {
    let digits: Vec<char> = "零一二三四五六七八九".chars().collect();
    let mut text = String::new();
    let mut zero = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        match number / unit % 10 {
            0 => zero = !text.is_empty(),
            digit => {
                if std::mem::take(&mut zero) {
                    text.push('零');
                }
                // Ten is 十, not 一十.
                if digit > 1 || unit != 10 || !text.is_empty() {
                    text.push(digits[digit as usize]);
                }
                text.push_str(name);
            }
        }
    }
    format!("第{text}条")
}

/// The articles that a line cites, ranges filled in: `第二十五条、第二十八条至第三十一条`, `arts. 25, 28–31`.
fn cited(line: &str) -> BTreeSet<u32> {
    let chinese: BTreeMap<String, u32> = (1..2000).map(|number| (article_zh(number), number)).collect();
    let mut numbers = BTreeSet::new();
    let mut words: Vec<(Option<u32>, String)> = Vec::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c == '第' || c.is_ascii_digit()) {
        let (between, from) = rest.split_at(at);
        let (number, length) = if from.starts_with('第') {
            let length = from.find('条').map_or(from.len(), |end| end + '条'.len_utf8());
            (chinese.get(&from[..length]).copied(), length)
        } else {
            let length = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
            (from[..length].parse().ok(), length)
        };
        words.push((number, between.to_owned()));
        rest = &from[length..];
    }
    let mut last = 0;
    for (number, between) in words {
        let Some(number) = number else { continue };
        let first = if ["至", "–"].contains(&between.trim()) { last } else { number };
        numbers.extend(first..=number);
        last = number;
    }
    numbers
}

#[test]
fn articles_are_read_as_they_are_written() {
    let written =
        [(2, "第二条"), (10, "第十条"), (17, "第十七条"), (20, "第二十条"), (1034, "第一千零三十四条")];
    for (number, text) in written {
        assert_eq!(article_zh(number), text);
    }
    let set = |numbers: &[u32]| numbers.iter().copied().collect::<BTreeSet<u32>>();
    assert_eq!(cited("第二十五条、第二十八条至第三十一条"), set(&[25, 28, 29, 30, 31]));
    assert_eq!(cited("arts. 25, 28–31"), set(&[25, 28, 29, 30, 31]));
}

/// The page of a lint cites the articles in force that its data name; those of earlier days may be left out.
#[test]
fn the_page_of_a_lint_cites_its_law() {
    let folder = root().join("charters/law");
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let laws: BTreeMap<String, Name> = serde_yaml::from_str(&read("laws.yaml")).unwrap();
    let mut wrong = Vec::new();
    for code in codes::ALL.iter().filter(|code| code.is_law() && code.id != "L00") {
        let (_, chinese, english) = halves(code.page);
        let line = |half: &str, head: &str| {
            let line = half.lines().find_map(|line| line.strip_prefix(head)).map(str::to_owned);
            line.unwrap_or_else(|| panic!("{} has no line {head:?}", code.id))
        };
        let (zh, en) = (line(chinese, "依据:"), line(english, "Law: "));
        if NO_DATA.contains(&code.id) {
            continue;
        }
        let data: Lint = serde_yaml::from_str(&read(&format!("{}.yaml", code.id))).unwrap();
        for basis in data.bases.iter().filter(|basis| basis.until.is_none()) {
            let law = &laws[&basis.law];
            // Of a decision the English page may leave out the year, or set it apart.
            let name = law.en.split(" (").next().unwrap();
            for (text, name) in [(&zh, law.zh.as_str()), (&en, name)] {
                if !text.contains(name) {
                    wrong.push(format!("{} cites no {name}: {text}", code.id));
                }
                let cited = cited(text);
                for article in basis.article.iter().filter(|article| !cited.contains(*article)) {
                    wrong.push(format!("{} cites no article {article} of {name}: {text}", code.id));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
