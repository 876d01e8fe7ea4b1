//! The command line as transcripts: `tests/cli/*.trycmd`, each run in a copy of `tests/cli/fixtures`.

/// Whatever the machine speaks, the transcripts begin in Chinese and without colour.
#[test]
fn transcripts() {
    trycmd::TestCases::new().env("NO_COLOR", "1").env("LC_ALL", "zh_CN.UTF-8").case("tests/cli/*.trycmd");
}
