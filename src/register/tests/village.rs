//! The villages of households by one name.

use super::*;

#[test]
fn a_village_goes_by_its_name() {
    let (register, findings) = folder(&[
        (
            "household.csv",
            "household_no,village,hukou,agreement_signed\nH1,新边村,2,\nH2,新边,2,\nH3,511,2,\nH4,别村,2,\nH5,,2,\nH6,双名,2,\nH7,XB,2,\n",
        ),
        ("village.csv", "code,name,aliases\n511,新边村,\"新边、XB,双名\"\n"),
        ("村.csv", "村代码,村名,别名\n512,旧边村,双名\n"),
    ]);
    assert_eq!(
        cells(&register, HOUSEHOLD, "village"),
        ["新边村", "新边村", "新边村", "?", "?", "?", "新边村"]
    );
    let told: Vec<String> = places(&findings).into_iter().filter(|place| place.starts_with("D017")).collect();
    assert_eq!(told, ["D017 household.csv:5:village", "D017 household.csv:7:village"]);
    let finding = findings.iter().find(|finding| finding.code.id == "D017").unwrap();
    assert_eq!(finding.help.as_ref().unwrap().zh, "名单里的村名:新边村、旧边村");
    assert_eq!(keys(&register, VILLAGE), ["511", "512"]);
}

#[test]
fn without_a_list_villages_stay_as_they_are() {
    let (register, findings) =
        folder(&[("household.csv", "household_no,village,hukou,agreement_signed\nH1,别村,2,\n")]);
    assert_eq!(cells(&register, HOUSEHOLD, "village"), ["别村"]);
    assert_eq!(places(&findings), ["D012"; 3]);
}
