//! Random changes of a charter in the formatter's English layout: one part a line, continued lines deeper. Whether the
//! result still compiles is for the caller to see.

use std::ops::Range;

use crate::homes::Dice;

/// What the words of a change are taken from.
pub struct Lexicon {
    /// The codes of each list.
    pub codes: Vec<Vec<String>>,
    /// The purposes a clause may name.
    pub purposes: Vec<String>,
}

const RELATIONS: [&str; 5] = ["exception to", "instead of", "not together with", "highest of", "limit"];
const COMPARES: [&str; 6] = ["<", "<=", ">", ">=", "=", "!="];
const RHYTHMS: [&str; 4] = ["each month", "each quarter", "each year", "once"];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Word,
    Number,
    Date,
    Compare,
}

/// Changes one thing; none where the chosen change finds nothing to take hold of. With the name of the change.
pub fn mutate(text: &str, lexicon: &Lexicon, dice: &mut Dice) -> Option<(String, &'static str)> {
    type Change = fn(&str, &Lexicon, &mut Dice) -> Option<String>;
    const CHANGES: [(&str, Change); 15] = [
        ("a number", number),
        ("a number", number),
        ("a comparison", compare),
        ("a code", code),
        ("a condition dropped", drop_condition),
        ("half of a condition dropped", drop_half),
        ("and for or", and_for_or),
        ("a relation dropped", drop_relation),
        ("a date", date),
        ("a clause twice", duplicate),
        ("a condition negated", negate),
        ("an edge of a clause moved", edge),
        ("a rhythm", rhythm),
        ("a purpose", purpose),
        ("a condition of another clause", borrow),
    ];
    let (name, change) = CHANGES[dice.below(CHANGES.len())];
    let changed = change(text, lexicon, dice)?;
    (changed != text).then_some((changed, name))
}

/// The words, numbers, dates and comparisons outside texts and comments.
fn tokens(text: &str) -> Vec<(Kind, Range<usize>)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let run = |keep: &dyn Fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
        let length = if first == '"' {
            rest[1..].find('"').map_or(rest.len(), |end| end + 2)
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if first.is_ascii_digit() {
            let length = run(&|c| c.is_ascii_digit() || c == '-');
            let kind = if rest[..length].contains('-') { Kind::Date } else { Kind::Number };
            found.push((kind, at..at + length));
            length
        } else if "<>=!".contains(first) {
            let length = run(&|c| "<>=!".contains(c));
            found.push((Kind::Compare, at..at + length));
            length
        } else if first.is_alphabetic() || first == '_' {
            let length = run(&|c| c.is_alphanumeric() || c == '_' || c == '.');
            found.push((Kind::Word, at..at + length));
            length
        } else {
            first.len_utf8()
        };
        at += length.max(1);
    }
    found
}

fn replaced(text: &str, range: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..range.start], &text[range.end..])
}

/// One of the ranges, by chance.
fn one(mut ranges: Vec<Range<usize>>, dice: &mut Dice) -> Option<Range<usize>> {
    let place = dice.below(ranges.len().max(1));
    (!ranges.is_empty()).then(|| ranges.swap_remove(place))
}

/// The items, each with the lines below it.
fn items(text: &str) -> Vec<Range<usize>> {
    let mut starts = vec![0];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if at > 0 && line.starts_with(|c: char| c.is_alphabetic()) {
            starts.push(at);
        }
        at += line.len();
    }
    starts.push(text.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}

fn is_clause(item: &str) -> bool {
    item.starts_with("article ") && [" subsidy ", " reward "].iter().any(|kind| item.contains(kind))
}

/// Clauses that pay something.
fn clauses(text: &str) -> Vec<Range<usize>> {
    items(text).into_iter().filter(|range| is_clause(&text[range.clone()])).collect()
}

/// The parts of an item that begin with one of the words.
fn parts(text: &str, item: Range<usize>, words: &[&str]) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut at = item.start;
    let mut inside = false;
    for line in text[item].split_inclusive('\n') {
        let begins = line.starts_with("    ") && !line[4..].starts_with([' ', '/']);
        if begins {
            inside = words.iter().any(|word| {
                line[4..]
                    .strip_prefix(word)
                    .is_some_and(|rest| rest.starts_with([' ', '\n']) || rest.is_empty())
            });
            if inside {
                found.push(at..at + line.len());
            }
        } else if inside && line.starts_with("     ") {
            if let Some(last) = found.last_mut() {
                last.end = at + line.len();
            }
        } else {
            inside = false;
        }
        at += line.len();
    }
    found
}

/// Parts of all clauses that begin with one of the words.
fn all_parts(text: &str, words: &[&str]) -> Vec<Range<usize>> {
    clauses(text).into_iter().flat_map(|item| parts(text, item, words)).collect()
}

/// Tokens of a kind that say what a clause gives to whom, not what it is called or how it was adopted.
fn meant(text: &str, kind: Kind) -> Vec<Range<usize>> {
    let mut stretches =
        all_parts(text, &["for", "when", "unless", "pay", "limit", "from", "until", "judged"]);
    let valued = ["set ", "parameter ", "open parameter ", "define ", "table ", "scale "];
    stretches.extend(
        items(text)
            .into_iter()
            .filter(|range| valued.iter().any(|word| text[range.clone()].starts_with(word))),
    );
    let inside = |range: &Range<usize>| {
        stretches.iter().any(|stretch| stretch.start <= range.start && range.end <= stretch.end)
    };
    let of_kind = tokens(text).into_iter().filter(|(found, _)| *found == kind).map(|(_, range)| range);
    of_kind.filter(inside).collect()
}

fn number(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let range = one(meant(text, Kind::Number), dice)?;
    let old: i64 = text[range.clone()].parse().ok()?;
    let new = match dice.below(6) {
        0 => 0,
        1 => old + 1,
        2 => old - 1,
        3 => old * 2,
        4 => old / 2,
        _ => i64::try_from(dice.below(100)).ok()?,
    };
    Some(replaced(text, range, &new.max(0).to_string()))
}

fn compare(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let range = one(meant(text, Kind::Compare), dice)?;
    Some(replaced(text, range, COMPARES[dice.below(COMPARES.len())]))
}

fn code(text: &str, lexicon: &Lexicon, dice: &mut Dice) -> Option<String> {
    let mut words = meant(text, Kind::Word);
    words.retain(|range| lexicon.codes.iter().flatten().any(|code| *code == text[range.clone()]));
    let range = one(words, dice)?;
    let list = lexicon.codes.iter().find(|list| list.iter().any(|code| *code == text[range.clone()]))?;
    Some(replaced(text, range, &list[dice.below(list.len())]))
}

fn drop_condition(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    Some(replaced(text, one(all_parts(text, &["when", "unless"]), dice)?, ""))
}

/// The places of `and` and `or` in conditions.
fn junctions(text: &str) -> Vec<Range<usize>> {
    let mut words = meant(text, Kind::Word);
    words.retain(|range| ["and", "or"].contains(&&text[range.clone()]));
    words
}

fn drop_half(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let range = one(junctions(text), dice)?;
    let next = junctions(text).into_iter().find(|other| other.start > range.end).map(|other| other.start);
    let line = range.start + text[range.start..].find('\n').unwrap_or(text.len() - range.start);
    Some(replaced(text, range.start..next.map_or(line, |next| next.min(line)), ""))
}

fn and_for_or(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let range = one(junctions(text), dice)?;
    let other = if &text[range.clone()] == "and" { "or" } else { "and" };
    Some(replaced(text, range, other))
}

fn drop_relation(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let mut words = RELATIONS.to_vec();
    words.push("adds to");
    Some(replaced(text, one(all_parts(text, &words), dice)?, ""))
}

fn date(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let mut dates = meant(text, Kind::Date);
    // The day a charter comes into force.
    let header = items(text).into_iter().next()?;
    let in_force = parts(text, header, &["in force"]);
    dates.extend(
        tokens(text)
            .into_iter()
            .filter(|(kind, _)| *kind == Kind::Date)
            .map(|(_, range)| range)
            .filter(|range| in_force.iter().any(|part| part.start <= range.start && range.end <= part.end)),
    );
    let range = one(dates, dice)?;
    let old = charter::value::Period::parse(&text[range.clone()]).ok()?.first;
    let new = match dice.below(4) {
        0 => old.add_days(1),
        1 => old.add_days(-1),
        2 => old.add_months(12),
        _ => old.add_months(-6),
    };
    Some(replaced(text, range, &new?.to_string()))
}

fn duplicate(text: &str, lexicon: &Lexicon, dice: &mut Dice) -> Option<String> {
    let item = one(clauses(text), dice)?;
    let copy = &text[item.clone()];
    let head = copy.lines().next()?;
    let words: Vec<&str> = head.splitn(5, ' ').collect();
    let [article, _, kind, name, ..] = words.as_slice() else { return None };
    let number = 900 + dice.below(90);
    let body = copy[head.len()..].to_owned();
    // It says nothing of how it stands to the one it was copied from, and its name is its own.
    let head = format!("{article} {number} {kind} {name}_{number}");
    let amounts = number_in(&body, dice).unwrap_or(body);
    let _ = lexicon;
    Some(format!("{}\n{head}{amounts}", text.trim_end()))
}

/// Another amount in the line that pays.
fn number_in(body: &str, dice: &mut Dice) -> Option<String> {
    let pay = parts(body, 0..body.len(), &["pay"]).into_iter().next()?;
    let mut numbers: Vec<Range<usize>> =
        tokens(body).into_iter().filter(|(kind, _)| *kind == Kind::Number).map(|(_, range)| range).collect();
    numbers.retain(|range| pay.start <= range.start && range.end <= pay.end);
    let range = one(numbers, dice)?;
    Some(replaced(body, range, &(1 + dice.below(500)).to_string()))
}

fn negate(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let part = one(all_parts(text, &["when", "unless"]), dice)?;
    let own = &text[part.clone()];
    let turned = match own.trim_start().strip_prefix("when") {
        Some(rest) => format!("    unless{rest}"),
        None => format!("    when{}", own.trim_start().strip_prefix("unless")?),
    };
    Some(replaced(text, part, &turned))
}

fn edge(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let part = one(all_parts(text, &["pay"]), dice)?;
    let header = items(text).into_iter().next()?;
    let in_force = parts(text, header, &["in force"]).into_iter().next()?;
    let day =
        text[in_force].split_whitespace().last().and_then(|day| charter::value::Period::parse(day).ok())?;
    let months = i64::try_from(dice.below(36)).ok()?;
    let day = day.first.add_months(months)?.add_days(i64::try_from(dice.below(28)).ok()?)?;
    let word = ["from", "until", "from the month of"][dice.below(3)];
    Some(replaced(text, part.start..part.start, &format!("    {word} {day}\n")))
}

fn rhythm(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let part = one(all_parts(text, &["pay"]), dice)?;
    let old =
        RHYTHMS.iter().find_map(|word| Some(part.start + text[part.clone()].find(word)?).zip(Some(word)))?;
    Some(replaced(text, old.0..old.0 + old.1.len(), RHYTHMS[dice.below(RHYTHMS.len())]))
}

fn purpose(text: &str, lexicon: &Lexicon, dice: &mut Dice) -> Option<String> {
    if lexicon.purposes.is_empty() {
        return None;
    }
    let part = one(all_parts(text, &["serves"]), dice)?;
    let other = &lexicon.purposes[dice.below(lexicon.purposes.len())];
    Some(replaced(text, part, &format!("    serves {other}\n")))
}

fn borrow(text: &str, _: &Lexicon, dice: &mut Dice) -> Option<String> {
    let conditions = all_parts(text, &["when", "unless"]);
    let (to, from) = (one(conditions.clone(), dice)?, one(conditions, dice)?);
    let given = text[from].to_owned();
    Some(replaced(text, to, &given))
}
