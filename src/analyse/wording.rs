//! The words that several lints share: how a text says that it does not do something, and what a vocabulary calls births:
//! `charters/law/wording.yaml`, read once.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(super) static RULES: LazyLock<Rules> = LazyLock::new(|| {
    serde_json::from_str(include_str!(concat!(env!("OUT_DIR"), "/wording.json"))).unwrap_or_default()
});

/// The lists of `wording.yaml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rules {
    pub(super) borders: String,
    pub(super) negations: Vec<Negation>,
    pub(super) trailing: Vec<String>,
    pub(super) undone: Vec<String>,
    pub(super) follows: Vec<String>,
    pub(super) breaks: Vec<String>,
    pub(super) rewards: Vec<String>,
    pub(super) duties: Vec<String>,
    pub(super) adjacent: Vec<String>,
    pub(super) doubled: Vec<String>,
    pub(super) unpaid: Vec<String>,
    pub(super) sanctions: Vec<String>,
    pub(super) spared: Vec<String>,
    pub(super) demands: Demands,
    pub(super) carried: Vec<String>,
    pub(super) intimate: Vec<String>,
    pub(super) past: Vec<String>,
    pub(super) repaid: Vec<String>,
    pub(super) deciders: Vec<String>,
    pub(super) longer: Vec<String>,
    pub(super) bounds: Vec<String>,
    pub(super) unturned: Vec<String>,
    pub(super) denials: Vec<String>,
    pub(super) refusals: Vec<String>,
    pub(super) joins: Vec<String>,
    pub(super) cases: Vec<String>,
    pub(super) groups: BTreeMap<String, Vec<String>>,
    pub(super) births: Births,
}

/// What a vocabulary calls what tells of births.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Births {
    /// Records of children.
    pub(super) records: Vec<String>,
    /// The date of a birth, of its registration and of a death.
    pub(super) date: Vec<String>,
    pub(super) registered: Vec<String>,
    pub(super) died: Vec<String>,
    /// Words of a field that holds how many children there are, or which of them a child is.
    pub(super) counts: Vec<String>,
    /// Words of a mark that says of a household that it has more children than somebody allows, and of the opposite.
    pub(super) beyond: Vec<String>,
    pub(super) within: Vec<String>,
    /// Words of a field that holds the date of the last birth.
    pub(super) latest: Vec<String>,
}

/// Words that negate what follows, and what ends their reach.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Negation {
    pub(super) words: Vec<String>,
    pub(super) breaks: Vec<String>,
}

/// Words of a ban on refusing, which asks for what may not be refused.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Demands {
    pub(super) prohibitions: Vec<String>,
    pub(super) evasions: Vec<String>,
    pub(super) grounds: Vec<String>,
    pub(super) pretexts: Vec<String>,
    pub(super) described: Vec<String>,
    pub(super) conduct: Vec<String>,
    pub(super) servants: Vec<String>,
    pub(super) bound: Vec<String>,
}
