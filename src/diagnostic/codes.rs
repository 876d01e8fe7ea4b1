//! The registry of codes. A new code is one entry here and one page in `docs/codes`.
//!
//! The letter tells the stage: S syntax, N names, T types and units, C the charter as a whole, L law, D data,
//! R running, U use of the command line.

use super::{Code, Entry, Severity};

macro_rules! codes {
    ($($id:ident $severity:ident $zh:literal / $en:literal)*) => {
        $(
            #[doc = $en]
            pub const $id: Code = &Entry {
                id: stringify!($id),
                severity: Severity::$severity,
                zh: $zh,
                en: $en,
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/codes/", stringify!($id), ".md")),
            };
        )*

        /// Every code, in the order of the registry.
        pub const ALL: &[Code] = &[$($id),*];
    };
}

codes! {
    S001 Error "此处应为{expected},却是{found}" / "expected {expected}, found {found}"
    S002 Error "套得太深:最多 {limit} 层" / "nested too deeply: at most {limit} levels"
    S003 Error "引号没有配对:字符串须在同一行内结束" / "unclosed quote: a string ends on the line it begins on"
    S004 Error "日历上没有这一天:{text}" / "no such day in the calendar: {text}"
    S005 Error "数字写法有误或过大:{text}" / "malformed or too large a number: {text}"
    S006 Error "认不出的文字:每一项从一行开头的关键词开始({items})" / "text outside any item: an item begins with its keyword at the start of a line ({items})"
    S007 Error "“{part}”写了两次" / "'{part}' is given twice"
    S008 Error "缺少“{part}”" / "'{part}' is missing"
    S009 Error "文件太大:最多 {limit} 字节" / "the file is too large: at most {limit} bytes"
    S010 Error "“{part}”不能写在这里" / "'{part}' does not belong here"
    S011 Error "表达式太长:最多 {limit} 项" / "the expression is too long: at most {limit} operands"

    N001 Error "没有叫“{name}”的{what}" / "no {what} is called '{name}'"
    N002 Error "“{name}”已经用过了" / "'{name}' is declared twice"
    N004 Error "找不到词汇“{name}”" / "the vocabulary '{name}' is not found"
    N005 Error "找不到上级章程“{name}”" / "the charter '{name}' it stands under is not found"
    N006 Error "定义互相引用:{cycle}" / "definitions refer to each other: {cycle}"
    N007 Error "“{name}”是{found},此处应为{expected}" / "'{name}' is {found}, expected {expected}"

    T001 Error "类型不符:此处应为{expected},却是{found}" / "type mismatch: expected {expected}, found {found}"
    T002 Error "{left}与{right}不能比较" / "cannot compare {left} with {right}"
    T003 Error "{left}与{right}不能{operation}" / "cannot {operation} {left} and {right}"
    T004 Error "金额可能不是整分:请写明舍入方式" / "the amount may not be whole fen: name its rounding"
    T005 Error "金额可能为“无”:发给的金额必须总是存在" / "the amount may be absent: an amount paid must always exist"
    T006 Error "{field}没有“{code}”这个选项" / "{field} has no code '{code}'"
    T007 Error "分档没有覆盖:{missing}" / "the tiers leave out: {missing}"
    T008 Error "分档重复:{pattern}" / "the tiers overlap: {pattern}"
    T009 Error "{left}与{right}的周期不同" / "{left} and {right} are of different periods"
    T010 Error "下限须逐段升高:{above} 不高于上一段的 {before}" / "thresholds rise from band to band: {above} is not above {before}"
    T011 Error "表太大:{found} 种组合,最多 {limit} 种" / "the table is too large: {found} combinations, at most {limit}"

    C001 Error "{target}的待遇须写明周期:一次、每月、每季、每年;只有事件记录可以省略" / "a benefit for {target} needs a rhythm: once, each month, each quarter, each year; only records of events can leave it out"
    C002 Error "参数“{name}”的日期区间重叠" / "the dated values of parameter '{name}' overlap"
    C003 Error "{value} 超出“{name}”允许的范围:{lo} 至 {hi}" / "{value} is outside the bounds of '{name}': {lo} to {hi}"
    C004 Error "必填的参数“{name}”在本章程和上级都没有设定" / "neither this charter nor one above it sets '{name}', which is mandatory"
    C005 Error "章程“{name}”的两个版本同日施行:{day}" / "two versions of charter '{name}' are in force from one day: {day}"
    C006 Error "村“{village}”有两部章程" / "two charters are of the village '{village}'"
    C007 Error "上下级互相隶属:{cycle}" / "charters stand under each other: {cycle}"
    C008 Error "文件里没有章程或词汇的抬头" / "the file has no charter or vocabulary header"
    C009 Error "村章程须写明“适用村”" / "a charter of village level names its village"
    C010 Error "一次评估只能用一部词汇:{names}" / "one run uses one vocabulary: {names}"
    C011 Error "范围的下限高于上限:{lo} > {hi}" / "the range ends below its start: {lo} > {hi}"
    C012 Error "截止早于起始" / "it ends before it begins"
    C013 Warning "“{name}”没有写明资金来源" / "'{name}' names no fund that pays it"
    C014 Error "金额为负" / "the amount is negative"
    C015 Error "各资金的份额合计不是一" / "the shares of the funds do not add up to one"
    C016 Error "条款之间的关系绕成了圈:{cycle}" / "the relations of benefits go in a circle: {cycle}"
    C017 Warning "{article}有两条" / "two articles are numbered {article}"
    C018 Error "“{clause}”是上级章程的条款,下级只能在它之上叠加" / "'{clause}' is a clause of a layer above: one below can only add to it"
    C019 Error "“{clause}”的对象不在“{record}”之内" / "the target of '{clause}' does not lie in '{record}'"
    C020 Error "与“{name}”的关系写了两次" / "the relation to '{name}' is given twice"
    C021 Error "“{duty}”不能作为酌定的依据:{why}" / "a reward cannot depend on '{duty}': {why}"
    C022 Warning "“{charter}”的日期先后不对:{what}" / "the dates of '{charter}' are out of order: {what}"

    A001 Error "“{clause}”的条件永远不能成立" / "the conditions of '{clause}' can never hold"
    A002 Warning "“{clause}”的这一条件总是成立" / "this condition of '{clause}' always holds"
    A003 Error "有了它,“{clause}”再也不会发给任何人" / "it leaves nothing of '{clause}': nobody would ever get that"
    A004 Error "“{one}”与“{other}”同为“{purpose}”,可能同时发给{whom},却没有写明关系" / "'{one}' and '{other}' both serve '{purpose}' and {whom} can have both: say how they stand to each other"
    A005 Error "“{clause}”的金额可能为负" / "the amount of '{clause}' can be negative"
    A006 Warning "“{clause}”施行时,“{name}”在 {day} 没有值" / "'{clause}' is in force on {day}, on which '{name}' has no value"
    A007 Warning "“{clause}”的限额永远达不到:一{record}{window}至多 {most}" / "the limit of '{clause}' is never reached: at most {most} per {record} {window}"
    A008 Warning "“{clause}”从不施行:{why}" / "'{clause}' is never in force: {why}"
    A009 Warning "{what}“{name}”没有用到" / "the {what} '{name}' is not used"
    A010 Warning "“{clause}”取决于没有登记的事实:{facts}。看过的登记册:{registers}" / "'{clause}' depends on what nobody records: {facts}. Registers looked at: {registers}"
    A011 Note "“{clause}”的一道坎:{fact} {here} 得 {amount},{there} 只得 {less};例如:{example}" / "a cliff of '{clause}': with {fact} {here} it pays {amount}, with {there} only {less}; for example: {example}"
    A012 Warning "“{clause}”的金额随“{fact}”一直增加,没有封顶:{value} 时为 {amount}" / "the amount of '{clause}' grows with '{fact}' without any bound: at {value} it is {amount}"
    A013 Warning "这里永远用不到:{clause}所对的都落不到这里" / "this is never reached: no household that {clause} is for comes to it"
    A014 Note "没有查明{what}:{why}" / "not decided {what}: {why}"
    A015 Error "义务“{duty}”{what}" / "the duty '{duty}' {what}"
    A016 Warning "义务“{duty}”{what}" / "the duty '{duty}' {what}"
    A017 Note "这一部分从不起作用:{why}" / "this part never changes anything: {why}"
    A018 Warning "“{clause}”从来不发:{why}" / "'{clause}' never pays anything: {why}"

    L00 Note "许可 {code} {what}" / "allow {code} {what}"
    L01 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L02 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L03 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L04 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L05 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L06 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L07 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L08 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L09 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L10 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L11 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L12 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L13 Warning "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L14 Warning "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L15 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L16 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L17 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L18 Warning "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L19 Warning "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L20 Warning "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L21 Error "“{name}”这样设定,会减少或取消上级“{clause}”给的待遇:下级只能增加" / "set so, '{name}' takes away from what '{clause}' of a layer above grants: a lower layer can only add"
    L22 Error "{clause}{says}。{law}" / "{clause} {says}. {law}"
    L23 Warning "{clause}{says}。{law}" / "{clause} {says}. {law}"

    D001 Error "日期读不出:“{text}”" / "cannot read the date '{text}'"
    D002 Error "没有这个代码:“{text}”;可用:{expected}" / "no such code: '{text}'; one of: {expected}"
    D003 Error "编号重复,内容不一致:{key}({fields})" / "duplicate key with conflicting rows: {key} ({fields})"
    D004 Error "孤行:{parent}里没有“{key}”" / "orphan row: no {parent} has the key '{key}'"
    D005 Error "编号空白" / "the key is blank"
    D006 Error "数字读不出:“{text}”" / "cannot read the number '{text}'"
    D007 Error "金额读不出:“{text}”" / "cannot read the amount '{text}'"
    D008 Error "“{text}”不是“是”或“否”" / "'{text}' is neither yes nor no"
    D009 Error "缺少列“{column}”" / "the column '{column}' is missing"
    D010 Error "两列是同一字段:{column}" / "two columns are one field: {column}"
    D011 Error "这一行有 {found} 格,表头有 {expected} 格" / "the row has {found} cells, the header {expected}"
    D012 Warning "没有{record}的文件:凡涉及{record}的都当作未知" / "there is no file of {record}: whatever depends on {record} is unknown"
    D013 Error "同一{record}出现在两处:{key}" / "one {record} in two places: {key}"
    D014 Note "又有 {count} 处 {code} 未列出" / "{count} more findings of {code} are not listed"
    D015 Error "百分比读不出:“{text}”" / "cannot read the percentage '{text}'"
    D016 Warning "{count} 户的{record}因此可能不全" / "so the {record} of {count} households may be incomplete"
    D017 Error "“{text}”不在村名单里" / "'{text}' is not in the list of villages"
    D018 Error "{record}没有叫“{name}”的栏目" / "{record} has nothing called '{name}'"
    D019 Error "“{text}”:这一栏总有内容,不能写“无”" / "'{text}': this field always has a value"

    D020 Warning "这一决定不起作用:{why}" / "this decision decides nothing: {why}"
    D021 Error "列“{column}”的类型是 {found},此处应为{expected}" / "the column '{column}' is of type {found}, expected {expected}"
    D022 Note "按 GB18030 编码读入" / "read as GB18030"
    D023 Error "数字“{text}”超过 15 位:Excel 只留前 15 位,后面的都变成了 0" / "the number '{text}' has more than 15 digits: Excel kept the first 15 and made the others zeros"
    D024 Error "这一格是 Excel 的错误值 {text}" / "the cell holds the error {text} of Excel"
    D025 Error "“{text}”可能不是原来写的:{why}" / "'{text}' may not be what was written: {why}"
    D026 Note "表头上面有 {count} 行没有读入" / "{count} rows above the names of the columns were left out"
    D027 Note "这一行不是记录,没有读入:“{text}”" / "the row is no record and was left out: '{text}'"

    R001 Error "{day} 没有“{name}”的值" / "'{name}' has no value on {day}"
    R002 Error "数字溢出" / "arithmetic overflow"
    R003 Error "除以零" / "division by zero"
    R004 Error "负金额:{amount}" / "a negative amount: {amount}"

    U001 Error "读不了 {path}:{reason}" / "cannot read {path}: {reason}"
    U002 Error "{path} 是空的" / "{path} is empty"
    U003 Error "{path} 不是 UTF-8 文本" / "{path} is not UTF-8 text"
    U004 Error "{path} 第 {line} 行太长:最多 {limit} 字节" / "{path}: line {line} is too long: at most {limit} bytes"
    U005 Error "时段写法有误:{text}" / "not a period: {text}"
    U006 Error "{path} 里没有 .charter 文件" / "no .charter file in {path}"
    U007 Error "登记册里没有户或村“{key}”" / "no household or village '{key}' in the register"
    U008 Error "没有叫“{name}”的条款" / "no clause is called '{name}'"
    U009 Error "没有代码“{code}”" / "no code '{code}'"
    U010 Error "写不了 {path}:{reason}" / "cannot write {path}: {reason}"
    U011 Error "{path} 不是登记册:应为文件夹、Excel 工作簿或 YAML 文件" / "{path} is not a register: a folder, a workbook of Excel or a YAML file"
    U012 Error "YAML 读不出:{reason}" / "cannot read the YAML: {reason}"
    U013 Error "{path} 里没有{record}" / "{path} has no {record}"
    U014 Error "日期写法有误:{text}" / "not a date: {text}"
    U016 Error "{path} 第 {row} 行的引号没有配对" / "{path}: a quote in row {row} is never closed"
    U017 Error "{path} 里没有 .test.yaml 文件" / "no .test.yaml file in {path}"
    U018 Error "没有叫“{name}”的{what}" / "no {what} is called '{name}'"
    U019 Error "缺少“{key}”" / "'{key}' is missing"
    U020 Error "“{key}”应为{expected},却是:{found}" / "'{key}': expected {expected}, found: {found}"
    U021 Error "“{name}”写了两次" / "'{name}' is written twice"
    U022 Error "用例“{name}”无法运行:{reason}" / "the case '{name}' cannot be run: {reason}"
    U023 Error "这个程序编译时没有带上 {feature},处理不了 {what}" / "this program was built without {feature}: it cannot handle {what}"
    U024 Error "{path} 不是完好的 {format} 文件:{reason}" / "{path} is no sound {format} file: {reason}"
}

/// The code of that id, whatever its case.
#[must_use]
pub fn find(id: &str) -> Option<Code> {
    ALL.iter().find(|code| code.id.eq_ignore_ascii_case(id)).copied()
}
