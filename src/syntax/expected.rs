//! What the grammar would have taken, in words people use.

use super::grammar::Rule;
use super::keyword::{Role, of_rule};
use crate::diagnostic::Term;
use unicode_ident::is_xid_continue;

/// Most things named in one message.
const MAX_NAMED: usize = 6;
/// Most operators named one by one.
const MAX_OPERATORS: usize = 2;

/// Lists what would have been right; related keywords are named as a group.
pub(super) fn describe(rules: &[Rule]) -> Term {
    let mut terms: Vec<Term> = Vec::new();
    let mut parts = Vec::new();
    let operators: Vec<&Rule> = rules.iter().filter(|rule| is_operator(**rule)).collect();
    let grouped = operators.len() > MAX_OPERATORS;
    if grouped {
        push(&mut terms, Term::new("运算或比较(+、为、<、且……)", "an operator (+, is, <, and, …)"));
    }
    if rules.iter().any(|rule| is_unit(*rule)) {
        push(&mut terms, Term::new("单位(元、%、日、年……)", "a unit (yuan, %, days, years, …)"));
    }
    for rule in rules.iter().filter(|rule| !(grouped && is_operator(**rule) || is_unit(**rule))) {
        match of_rule(*rule) {
            Some(keyword) if keyword.role() == Role::Part => parts.push(keyword),
            Some(keyword) => push(&mut terms, keyword.quoted()),
            None => named(*rule).into_iter().for_each(|term| push(&mut terms, term)),
        }
    }
    match parts.as_slice() {
        [] => {}
        [..] if parts.len() <= 3 => parts.iter().for_each(|keyword| push(&mut terms, keyword.quoted())),
        [..] => {
            let example = |script| parts.iter().take(3).map(|part| part.spelling(script)).collect::<Vec<_>>();
            let zh = format!("下一部分({}……)", example(super::Script::Chinese).join("、"));
            push(
                &mut terms,
                Term::new(zh, format!("the next part ({}, …)", example(super::Script::Latin).join(", "))),
            );
        }
    }
    if terms.len() > MAX_NAMED {
        terms.truncate(MAX_NAMED);
        terms.push(Term::new("……", "…"));
    }
    match terms.as_slice() {
        [] => Term::new("别的内容", "something else"),
        [one] => one.clone(),
        [rest @ .., last] => {
            let joined = |pick: fn(&Term) -> &str| rest.iter().map(pick).collect::<Vec<_>>();
            Term::new(
                format!("{}或{}", joined(|term| &term.zh).join("、"), last.zh),
                format!("{} or {}", joined(|term| &term.en).join(", "), last.en),
            )
        }
    }
}

/// What may follow a number: always named together.
fn is_unit(rule: Rule) -> bool {
    use super::keyword::Keyword::{UnitDays, UnitFen, UnitJiao, UnitMonths, UnitWan, UnitYears, UnitYuan};
    of_rule(rule).is_some_and(|keyword| {
        matches!(keyword, UnitDays | UnitFen | UnitJiao | UnitMonths | UnitWan | UnitYears | UnitYuan)
    })
}

/// What may follow a value: named together where many of them could.
fn is_operator(rule: Rule) -> bool {
    use super::keyword::Keyword::{And, Between, In, IsAbsent, IsNotAbsent, NotBetween, NotIn, Or};
    let word = of_rule(rule).is_some_and(|keyword| {
        matches!(keyword, And | Or | In | NotIn | Between | NotBetween | IsAbsent | IsNotAbsent)
    });
    let rounding = matches!(rule, Rule::rounding | Rule::rounding_mode);
    word || rounding
        || matches!(rule, Rule::comparator | Rule::compared | Rule::add_op | Rule::mul_op | Rule::dot)
        || matches!(rule, Rule::absent_test | Rule::in_test | Rule::between_test)
}

fn push(terms: &mut Vec<Term>, term: Term) {
    if !terms.contains(&term) {
        terms.push(term);
    }
}

/// A rule in words; none for rules that only group others.
fn named(rule: Rule) -> Option<Term> {
    let (zh, en) = match rule {
        Rule::name | Rule::plain_name | Rule::declared | Rule::path | Rule::quoted_name | Rule::share => {
            ("名称", "a name")
        }
        Rule::string => ("引号里的文字", "a text in quotes"),
        Rule::integer | Rule::whole | Rule::number | Rule::integer_part => ("数字", "a number"),
        Rule::date => ("日期(如 2005-03-01)", "a date (2005-03-01)"),
        Rule::expr | Rule::choice | Rule::all_of | Rule::negation | Rule::define_body => {
            ("条件或数值", "a condition or a value")
        }
        Rule::comparison
        | Rule::sum
        | Rule::product
        | Rule::unary
        | Rule::calendar
        | Rule::calendar_part
        | Rule::pick
        | Rule::rank
        | Rule::gathered
        | Rule::tier_pattern
        | Rule::cell
        | Rule::below
        | Rule::at_least
        | Rule::literal
        | Rule::money
        | Rule::percent
        | Rule::duration => ("数值", "a value"),
        Rule::amount => ("金额", "an amount"),
        Rule::bounds => ("范围", "a range"),
        Rule::group => ("括号里的条件", "a condition in brackets"),
        Rule::field => ("下一个字段", "another field"),
        Rule::field_type | Rule::parameter_type | Rule::code_list => ("类型", "a type"),
        Rule::code => ("选项", "a code"),
        Rule::level_word => ("村、镇、县、市或省", "village, town, county, city or province"),
        Rule::rhythm => {
            ("周期(一次、每月、每季、每年)", "a rhythm (once, each month, each quarter, each year)")
        }
        Rule::comparator | Rule::compared => ("比较(为、=、<、>……)", "a comparison (is, =, <, >, …)"),
        Rule::add_op => ("+ 或 -", "+ or -"),
        Rule::mul_op => ("* 或 /", "* or /"),
        Rule::table_row => ("一档(如“档 专科: 700元”)", "a row ('case a: 700 yuan')"),
        Rule::band => ("一段(如“超过 1000元: 50%”)", "a band ('above 1000 yuan: 50%')"),
        Rule::tier => ("一档(如“专科: 700元”)", "a tier ('a: 700 yuan')"),
        Rule::benefit_kind => ("补贴或奖励", "'subsidy' or 'reward'"),
        Rule::article | Rule::zh_article => ("条号(如“第八条”)", "an article number"),
        Rule::month_day | Rule::day_of_month => ("某日(如 07-01)", "a day (07-01, day 15)"),
        Rule::so_often => ("次数(如 3次)", "how often (3 times)"),
        Rule::in_kind => ("实物", "something in kind"),
        Rule::EOI => ("下一项", "the next item"),
        _ => return None,
    };
    Some(Term::new(zh, en))
}

/// What stands at a byte: its length, and how to say it.
pub(super) fn found_at(text: &str, at: usize) -> (usize, Term) {
    let rest = text.get(at..).unwrap_or_default();
    let word: String = rest.chars().take_while(|c| is_xid_continue(*c)).collect();
    match rest.chars().next() {
        None => (0, Term::new("本项的结尾", "the end of the item")),
        Some('\n' | '\r') => (0, Term::new("行尾", "the end of the line")),
        Some(_) if !word.is_empty() => {
            let short: String = word.chars().take(30).collect();
            (word.len(), Term::new(format!("“{short}”"), format!("'{short}'")))
        }
        Some(c) => (c.len_utf8(), Term::new(format!("“{c}”"), format!("'{c}'"))),
    }
}
