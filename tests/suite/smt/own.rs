//! Conditions of kinds that few charters of the corpus have, each a charter of its own: percentages, texts and numbers of
//! the register compared with each other, days counted, rows that may be missing, order and rank.

use crate::engine::plan;
use charter::ir::Plan;

const VOCABULARY: &str = "vocabulary own \"自有\"
record household \"户\" households \"各户\" key household_no \"户编号\" complete
    village \"村\"   : text
    origin  \"原籍\" : text
    share   \"比例\" : percent
    other   \"另比\" : percent?
    poor    \"困难\" : flag?
    income  \"收入\" : money
    debt    \"欠款\" : money
    members \"人数\" : number
    rooms   \"间数\" : number?
    since   \"起\"   : date
    left    \"迁出\" : date?
record person \"人\" persons \"成员\" in household key person_no \"人员编号\" complete
    birth   \"出生日期\" : date
    kind    \"类\"   : son \"子\" | daughter \"女\" | extra \"其他\"
    stipend \"津贴\" : money
record award \"奖\" awards \"各奖\" in person key award_no \"奖编号\" complete
    given_on \"日期\" : date
record visit \"走访\" visits \"各次走访\" in household key visit_no \"走访编号\"
    held_on \"走访日期\" : date
";

/// Of a household.
const CONDITIONS: [&str; 84] = [
    "share between 60% and 70%",
    "share > 101%",
    "share < 3% and share > 1%",
    "share > 100%",
    "share + 10% > 108%",
    "share < other and other < 40%",
    "other is absent and other < 40%",
    "village != origin",
    "village = origin",
    "not (village = origin) and village = \"甲\"",
    "village in {\"甲\", \"乙\"} and village != \"甲\" and village != \"乙\"",
    "income > debt",
    "income - debt > 100 yuan",
    "income > 300 yuan and income < 300 yuan",
    "income between 300.01 yuan and 300.02 yuan",
    "members > rooms + 5",
    "members > rooms and rooms > 20",
    "members = 7 and rooms = 8",
    "members > 50 and members < 70 and members != 60",
    "members mod 7 = 3",
    "members div 7 = 3 and members < 21",
    "members * 2 = 7",
    "since > left",
    "left < since and left > since",
    "full days from since to left > 40",
    "full days from since to today = 77",
    "full months from since to left = 5",
    "full months from since to left = 5 and full days from since to left = 155",
    "full years from since to left >= 10 and full years from left to today >= 10",
    "full years from since to left >= 60 and full years from left to today >= 60",
    "full years from since to today = 33",
    "full years from since to today < -3",
    "full years from since to today < -6",
    "full years from since to today > 50 and since + 600 months > today",
    "calendar month of since = 5",
    "calendar month of since > 12",
    "calendar day of since = 31 and calendar month of since = 2",
    "calendar year of since = 1999 and calendar year of left = 2000",
    "calendar month of today = 3",
    "since + 1 months = left",
    "since + 1 months = left and calendar day of left = 28 and calendar day of since = 31",
    "since + 30 days = left and calendar month of left = calendar month of since and calendar day of since > 1",
    "since = 1949-10-01",
    "since < 1900-01-01",
    "last day of the month of since = since and calendar day of since = 30",
    "first day of the quarter of since > since",
    "since <= today and left > since and left + 3 years <= today",
    "poor and not poor",
    "poor is absent and poor",
    "not poor and poor is not absent",
    "income >= 5000000000 yuan",
    "no visits",
    "any visits",
    "not (any visits)",
    "count visits >= 2",
    "count visits < 2 or 3 <= count visits",
    "not (count (visits where held_on > today) < 1) and no persons",
    "any (visits where held_on > today) and no persons",
    "every (visits where held_on <= today)",
    "every (persons where birth < since) and any persons",
    "count (persons where birth > today + 400 days) >= 2",
    "count persons >= 2 and every (persons where kind is son) and any (persons where kind is daughter)",
    "count (persons where kind is son) > count persons",
    "count (persons where kind is son) = 2 and count (persons where kind is daughter) = 2",
    "count persons = 3 and count (persons where kind is son) = 1 and count (persons where kind is daughter) = 1",
    "last (kind of persons by birth) is son and first (kind of persons by birth) is daughter",
    "last (kind of persons by birth) is son and first (kind of persons by birth) is daughter and count persons = 1",
    "first (birth of persons by birth) > last (birth of persons by birth)",
    "min (birth of persons) > 2004-06-01 and count persons = 3",
    "min (birth of persons) > max (birth of persons)",
    "max (stipend of persons) > 30 yuan and sum (stipend of persons) < 30 yuan",
    "sum (stipend of persons) > 30 yuan and max (stipend of persons) < 20 yuan",
    "sum (stipend of persons) > 30 yuan and no persons",
    "any (persons where rank (persons by birth) = 2 and kind is son)",
    "any (persons where rank (persons by birth) = 3) and count persons <= 2",
    "any (persons where rank (persons where kind is son by birth) = 1 and kind is daughter)",
    "any (persons where any (awards where given_on < birth))",
    "any (persons where count awards = 2) and count persons = 2",
    "any (awards where given_on > today) and no persons",
    "any (awards where person.kind is son) and every (persons where kind is daughter)",
    "any (persons where kind is son and any awards) and no awards",
    "(if poor then 1 else members) > 3 and members < 2",
    "by members { 0 to 2: 1, otherwise: 4 } = 4 and members < 3",
    "by members { 0 to 2: 1, 3 to 4: 2, otherwise: 4 } = 2 and members != 3 and members != 4",
];

/// A charter of one clause with a condition.
pub fn plans() -> Vec<(String, Plan)> {
    let clause = |condition: &&str| {
        let text = format!(
            "charter demo \"示例章程\"\n    uses own\n    in force from 2005-01-01\nfund a \"甲款\"\npurpose care \"优待\"\n\
             article 1 reward clause_0 \"其一\"\n    for household\n    when {condition}\n    pay 1 yuan each year\n    \
             serves care\n    paid from a\n// --- own.charter\n{VOCABULARY}"
        );
        ((*condition).to_owned(), plan(&text))
    };
    CONDITIONS.iter().map(clause).collect()
}
