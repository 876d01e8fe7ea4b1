//! The tables of a register. In: villages and households, in order. Out: rows of texts with Chinese headers, to CSV files
//! or the sheets of a workbook.

use super::Format;
use super::calendar::holidays;
use super::committee::Committee;
use super::csv_out::Files;
use super::family::{CertificateKind, Household};
use super::person::{Act, Member};
use super::quota::Share;
#[cfg(feature = "excel")]
use super::xlsx_out::Book;
use crate::value::Day;
use std::fs;
use std::io;
use std::path::Path;

/// Name and header of each table, in the order of [`Sheet`]; the headers are aliases of the standard vocabulary.
pub(super) const TABLES: [(&str, &[&str]); 14] = [
    ("village", &["村代码", "名称", "类别", "别名", "章程通过日期", "开始签协议日期"]),
    ("posting", &["公示编号", "村代码", "张贴日期", "撤下日期"]),
    ("assembly_report", &["报告编号", "村代码", "报告日期"]),
    ("officer", &["干部编号", "村代码", "职务", "任职日期", "离任日期"]),
    ("holiday", &["假日编号", "日期"]),
    (
        "household",
        &[
            "户编号",
            "村",
            "户口性质",
            "协议签订日期",
            "养老保险参保日期",
            "放弃再生育日期",
            "协议送达日期",
            "帮扶开始日期",
            "计划内",
            "困难确认日期",
        ],
    ),
    (
        "person",
        &[
            "人员编号",
            "户编号",
            "与户主关系",
            "性别",
            "出生日期",
            "死亡日期",
            "婚姻状况",
            "就学阶段",
            "登记日期",
            "奖励扶助确认日期",
        ],
    ),
    ("certificate", &["证号", "户编号", "证件种类", "发证日期", "注销日期"]),
    ("admission", &["录取编号", "人员编号", "录取日期", "层次"]),
    ("checkup", &["检查编号", "人员编号", "检查日期", "本人同意"]),
    ("move", &["迁居编号", "人员编号", "迁居日期", "报告日期", "登录日期"]),
    ("training", &["讲座编号", "户编号", "参加日期", "登录日期"]),
    ("payment", &["发放编号", "户编号", "条款", "所属时段", "金额", "核准日期", "发放日期"]),
    ("decision", &["决定编号", "户编号", "条款", "对象编号", "种类", "金额", "决定日期", "决定机构", "理由"]),
];

/// One of the tables.
#[derive(Clone, Copy)]
enum Sheet {
    Village,
    Posting,
    Report,
    Officer,
    Holiday,
    Household,
    Person,
    Certificate,
    Admission,
    Checkup,
    Move,
    Training,
    Payment,
    Decision,
}

/// The tables on their way out.
pub(super) enum Tables {
    Csv(Files),
    #[cfg(feature = "excel")]
    Xlsx(Box<Book>),
}

impl Tables {
    /// Makes the folder and begins the tables, each with its header, and writes the holidays.
    pub(super) fn create(folder: &Path, format: Format) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut tables = match format {
            Format::Csv => Self::Csv(Files::create(folder)?),
            #[cfg(feature = "excel")]
            Format::Xlsx => Self::Xlsx(Box::new(Book::create(folder)?)),
            #[cfg(not(feature = "excel"))]
            Format::Xlsx => return Err(io::ErrorKind::Unsupported.into()),
        };
        for day in holidays() {
            let day = day.to_string();
            tables.row(Sheet::Holiday, &[&day.replace('-', ""), &day])?;
        }
        Ok(tables)
    }

    fn row(&mut self, sheet: Sheet, cells: &[&str]) -> io::Result<()> {
        match self {
            Self::Csv(files) => files.row(sheet as usize, cells),
            #[cfg(feature = "excel")]
            Self::Xlsx(book) => book.row(sheet as usize, cells),
        }
    }

    /// The village and what its committee did.
    pub(super) fn village(&mut self, share: &Share, committee: &Committee) -> io::Result<()> {
        let code = share.code.as_str();
        let kind = share.kind.map_or("", |kind| kind.label());
        // People say the name without its last character, 村, as well.
        let short = share.name.strip_suffix('村').unwrap_or_default();
        let (adopted, from) = (date(share.charter_adopted), date(share.agreements_from));
        self.row(Sheet::Village, &[code, &share.name, kind, short, &adopted, &from])?;
        for (place, officer) in (1..).zip(&committee.officers) {
            let number = format!("B{code}{place:02}");
            let cells = [&number, code, officer.post, &officer.from.to_string(), &date(officer.until)];
            self.row(Sheet::Officer, &cells)?;
        }
        for (place, posting) in (1..).zip(&committee.postings) {
            // None while it is up: here an empty cell, so that an unknown day needs a word.
            let taken_down = match posting.taken_down {
                Act::On(day) => day.to_string(),
                Act::Not => String::new(),
                Act::Unrecorded => "不详".to_owned(),
            };
            let number = format!("S{code}{place:02}");
            self.row(Sheet::Posting, &[&number, code, &posting.on.to_string(), &taken_down])?;
        }
        for (place, report) in (1..).zip(&committee.reports) {
            self.row(Sheet::Report, &[&format!("R{code}{place:02}"), code, &date(*report)])?;
        }
        Ok(())
    }

    /// The household and all rows that belong to it.
    pub(super) fn household(&mut self, number: &str, share: &Share, household: &Household) -> io::Result<()> {
        self.row(
            Sheet::Household,
            &[
                number,
                &share.name,
                household.hukou.unwrap_or_default(),
                &date(household.agreement_signed),
                &date(household.pension_insured),
                &date(household.gave_up_birth),
                &date(household.agreement_offered),
                &date(household.helped_from),
                household.in_programme.map_or("", yes),
                &date(household.difficulty_confirmed),
            ],
        )?;
        for (place, member) in (1..).zip(&household.members) {
            self.member(number, place, member)?;
        }
        self.deeds(number, household)?;
        let Some(certificate) = household.certificate else { return Ok(()) };
        let (letter, kind) = match certificate.kind {
            CertificateKind::OnlyChildHonour => ('G', "独生子女父母光荣证"),
            CertificateKind::Preferential => ('Y', "计划生育优待证"),
        };
        let own = format!("{letter}{number}");
        let issued = certificate.issued.to_string();
        self.row(Sheet::Certificate, &[&own, number, kind, &issued, &date(certificate.cancelled)])
    }

    /// Trainings, payments and decisions.
    fn deeds(&mut self, number: &str, household: &Household) -> io::Result<()> {
        for (place, training) in (1..).zip(&household.trainings) {
            let own = format!("X{number}{place:02}");
            self.row(Sheet::Training, &[&own, number, &date(training.on), &date(training.recorded)])?;
        }
        for (place, payment) in (1..).zip(&household.payments) {
            let own = format!("F{number}{place:02}");
            let (yuan, approved) = (format!("{}.00", payment.yuan), payment.approved.to_string());
            let cells = [&own, number, payment.clause, "2005", &yuan, &approved, &act(payment.paid)];
            self.row(Sheet::Payment, &cells)?;
        }
        for (place, decision) in (1..).zip(&household.decisions) {
            let own = format!("D{number}{place:02}");
            let target = format!("L{number}{:02}", decision.place + 1);
            let (yuan, on) = (format!("{}.00", decision.yuan), decision.on.to_string());
            let reason = "两女户女儿考入大学,证件和录取通知书已核对";
            self.row(
                Sheet::Decision,
                &[&own, number, "scholarship", &target, "核定", &yuan, &on, "镇财政", reason],
            )?;
        }
        Ok(())
    }

    fn member(&mut self, household: &str, place: u32, member: &Member) -> io::Result<()> {
        let number = format!("{household}{place:02}");
        self.row(
            Sheet::Person,
            &[
                &number,
                household,
                &format!("{:02}", member.relation),
                &(member.sex as u8).to_string(),
                &member.recorded_birth().map(|birth| birth.to_string()).unwrap_or_default(),
                &date(member.death),
                &member.marital.to_string(),
                member.stage.label(),
                &act(member.registered),
                &date(member.reward_confirmed),
            ],
        )?;
        if let Some(admission) = member.admission {
            let on = admission.on.to_string();
            self.row(Sheet::Admission, &[&format!("L{number}"), &number, &on, admission.tier])?;
        }
        if let Some(checkup) = member.checkup {
            let on = checkup.on.to_string();
            self.row(Sheet::Checkup, &[&format!("J{number}"), &number, &on, yes(checkup.consented)])?;
        }
        if let Some(moved) = member.moved {
            let (on, reported) = (moved.on.to_string(), act(moved.reported));
            let cells = [&format!("M{number}"), number.as_str(), &on, &reported, &date(moved.recorded)];
            self.row(Sheet::Move, &cells)?;
        }
        Ok(())
    }

    /// Gives what was written its name; until then that of an earlier run stands.
    pub(super) fn commit(self) -> io::Result<()> {
        match self {
            Self::Csv(files) => files.commit(),
            #[cfg(feature = "excel")]
            Self::Xlsx(book) => book.commit(),
        }
    }
}

fn date(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}

fn yes(flag: bool) -> &'static str {
    if flag { "是" } else { "否" }
}

/// For fields where an empty cell says nothing.
fn act(act: Act) -> String {
    match act {
        Act::On(day) => day.to_string(),
        Act::Not => "无".to_owned(),
        Act::Unrecorded => String::new(),
    }
}
