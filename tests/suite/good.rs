//! The good charters of the project, each with those above it and its vocabulary, in English as the formatter lays them out.

use crate::engine::{charters, root, with_vocabulary};
use charter::syntax::{Script, Style, format};
use std::fs;

/// Files by name.
pub type Texts = Vec<(String, String)>;

/// A good charter with those above it and its vocabulary, the vocabulary first.
pub struct Base {
    pub name: String,
    pub fixed: Texts,
    /// Some of these as well.
    pub villages: Texts,
}

/// All of them.
pub fn bases() -> Vec<Base> {
    let mut bases: Vec<Base> = charters("tests/suite/check/good")
        .into_iter()
        .map(|(name, text)| Base {
            fixed: english(with_vocabulary(&name, &text)),
            villages: Vec::new(),
            name,
        })
        .collect();
    let texts = |paths: &[&str]| -> Texts {
        let read = |path: &&str| fs::read_to_string(root().join("charters").join(path)).unwrap();
        paths.iter().map(|path| ((*path).to_owned(), read(path))).collect()
    };
    let groups: [&[&str]; 13] = [
        &["examples/rural.charter", "examples/county.charter", "examples/hetang.charter"],
        &["schemes/schemes.charter", "schemes/childcare.charter"],
        &["schemes/schemes.charter", "schemes/reward_assistance.charter"],
        &["schemes/schemes.charter", "schemes/special_assistance.charter"],
        &["schemes/schemes.charter", "schemes/provinces/beijing.charter"],
        &["schemes/schemes.charter", "schemes/provinces/guangdong.charter"],
        &["schemes/schemes.charter", "schemes/provinces/henan.charter"],
        &[
            "schemes/schemes.charter",
            "schemes/provinces/shandong.charter",
            "schemes/provinces/shandong_county.charter",
        ],
        &[
            "schemes/schemes.charter",
            "schemes/provinces/zhejiang.charter",
            "schemes/provinces/zhejiang_county.charter",
        ],
        &["schemes/schemes.charter", "schemes/university/key.charter"],
        &["schemes/schemes.charter", "schemes/university/range.charter"],
        &["schemes/schemes.charter", "schemes/university/tiers.charter"],
        &[
            "schemes/schemes.charter",
            "schemes/layers/city.charter",
            "schemes/layers/town.charter",
            "schemes/layers/village.charter",
            "schemes/layers/village_2014.charter",
            "schemes/layers/village_b.charter",
        ],
    ];
    for group in groups {
        let name = group.last().unwrap().to_string();
        bases.push(Base { name, fixed: english(texts(group)), villages: Vec::new() });
    }
    // Few charters fill slots of a layer above: they come more often.
    for base in charters("tests/suite/check/good")
        .into_iter()
        .filter(|(name, _)| ["floor", "layers"].contains(&name.as_str()))
    {
        let fixed = english(with_vocabulary(&base.0, &base.1));
        bases.extend((0..4).map(|_| Base {
            name: base.0.clone(),
            fixed: fixed.clone(),
            villages: Vec::new(),
        }));
    }
    // The town is where layers, slots and the standard vocabulary come together: it has a greater share.
    let mut town = texts(&["standard.charter", "town/framework.charter"]);
    let fixed = town.len();
    town.extend(charters("charters/town/villages"));
    let mut town = english(town);
    let villages = town.split_off(fixed);
    for part in 0..12 {
        bases.push(Base { name: format!("town {part}"), fixed: town.clone(), villages: villages.clone() });
    }
    bases.retain(|base| base.fixed.len() + base.villages.len() > 1);
    bases
}

/// The same files in English, as the formatter lays them out.
fn english(texts: Texts) -> Texts {
    let built = crate::engine::build_files(texts.clone());
    let references = &built.compiled.references;
    let rename = |name: &charter::ast::Name| {
        let word = references.get(&name.span)?.en();
        (word != name.text).then(|| word.to_owned())
    };
    let style = Style { script: Some(Script::Latin), rename: &rename };
    texts
        .into_iter()
        .zip(&built.files)
        .map(|((name, text), file)| (name, format(file, &text, &style)))
        .collect()
}
