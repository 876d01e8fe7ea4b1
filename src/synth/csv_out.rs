//! The files of a register. In: villages and households, in order. Out: six CSV files with Chinese headers, UTF-8 without
//! byte order mark, LF. Rows go to temporary names; the files take their own names when all rows are written.

use super::family::{CertificateKind, Household};
use super::person::{Member, Registered};
use super::quota::Share;
use crate::value::Day;
use csv::Writer;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// Stem and header of each file; the headers are aliases of the standard vocabulary.
const FILES: [(&str, &[&str]); 6] = [
    ("village", &["村代码", "名称", "类别", "别名"]),
    ("household", &["户编号", "村", "户口性质", "协议签订日期", "养老保险参保日期", "放弃再生育日期"]),
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
        ],
    ),
    ("certificate", &["证号", "户编号", "证件种类", "发证日期", "注销日期"]),
    ("admission", &["录取编号", "人员编号", "录取日期", "层次"]),
    ("checkup", &["检查编号", "人员编号", "检查日期", "本人同意"]),
];

/// The open files.
pub(super) struct Tables {
    village: Table,
    household: Table,
    person: Table,
    certificate: Table,
    admission: Table,
    checkup: Table,
}

/// One file under its temporary name, which is removed unless the table was committed.
struct Table {
    rows: Writer<File>,
    temporary: PathBuf,
    name: PathBuf,
}

impl Tables {
    /// Makes the folder and the temporary files, each with its header.
    pub(super) fn create(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let [village, household, person, certificate, admission, checkup] = FILES;
        Ok(Self {
            village: Table::create(folder, village)?,
            household: Table::create(folder, household)?,
            person: Table::create(folder, person)?,
            certificate: Table::create(folder, certificate)?,
            admission: Table::create(folder, admission)?,
            checkup: Table::create(folder, checkup)?,
        })
    }

    /// One row of `village.csv`.
    pub(super) fn village(&mut self, share: &Share) -> io::Result<()> {
        let kind = share.kind.map_or("", |kind| kind.label());
        // People say the name without its last character, 村, as well.
        let short = share.name.strip_suffix('村').unwrap_or_default();
        self.village.row(&[&share.code, &share.name, kind, short])
    }

    /// The household and all rows that belong to it.
    pub(super) fn household(&mut self, number: &str, share: &Share, household: &Household) -> io::Result<()> {
        self.household.row(&[
            number,
            &share.name,
            household.hukou.unwrap_or_default(),
            &date(household.agreement_signed),
            &date(household.pension_insured),
            &date(household.gave_up_birth),
        ])?;
        for (place, member) in (1..).zip(&household.members) {
            self.member(number, place, member)?;
        }
        let Some(certificate) = household.certificate else { return Ok(()) };
        let (letter, kind) = match certificate.kind {
            CertificateKind::OnlyChildHonour => ('G', "独生子女父母光荣证"),
            CertificateKind::Preferential => ('Y', "计划生育优待证"),
        };
        let own = format!("{letter}{number}");
        let issued = certificate.issued.to_string();
        self.certificate.row(&[&own, number, kind, &issued, &date(certificate.cancelled)])
    }

    fn member(&mut self, household: &str, place: u32, member: &Member) -> io::Result<()> {
        let number = format!("{household}{place:02}");
        let registered = match member.registered {
            Registered::On(day) => day.to_string(),
            Registered::Not => "无".to_owned(),
            Registered::Unrecorded => String::new(),
        };
        self.person.row(&[
            &number,
            household,
            &format!("{:02}", member.relation),
            &(member.sex as u8).to_string(),
            &member.recorded_birth().map(|birth| birth.to_string()).unwrap_or_default(),
            &date(member.death),
            &member.marital.to_string(),
            member.stage.label(),
            &registered,
        ])?;
        if let Some(admission) = member.admission {
            self.admission.row(&[
                &format!("L{number}"),
                &number,
                &admission.on.to_string(),
                admission.tier,
            ])?;
        }
        if let Some(checkup) = member.checkup {
            let consented = if checkup.consented { "是" } else { "否" };
            self.checkup.row(&[&format!("J{number}"), &number, &checkup.on.to_string(), consented])?;
        }
        Ok(())
    }

    /// Gives all files their own names; until then those of an earlier run stand.
    pub(super) fn commit(self) -> io::Result<()> {
        let Self { village, household, person, certificate, admission, checkup } = self;
        let mut tables = [village, household, person, certificate, admission, checkup];
        for table in &mut tables {
            table.rows.flush()?;
        }
        tables.iter().try_for_each(|table| fs::rename(&table.temporary, &table.name))
    }
}

impl Table {
    fn create(folder: &Path, (stem, header): (&str, &[&str])) -> io::Result<Self> {
        let name = folder.join(format!("{stem}.csv"));
        let temporary = folder.join(format!(".{stem}.csv.part"));
        let rows = Writer::from_writer(File::create(&temporary)?);
        let mut table = Self { rows, temporary, name };
        table.row(header)?;
        Ok(table)
    }

    fn row(&mut self, cells: &[&str]) -> io::Result<()> {
        Ok(self.rows.write_record(cells)?)
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        // After a commit the temporary name is gone; before one there is nobody to tell that removing it failed.
        let _ = fs::remove_file(&self.temporary);
    }
}

fn date(day: Option<Day>) -> String {
    day.map(|day| day.to_string()).unwrap_or_default()
}
