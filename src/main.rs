//! temp
use charter::*;
fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).unwrap();
        let mut sources = source::Sources::default();
        let id = sources.add(&path, text.clone());
        let (file, findings) = syntax::parse(id, &sources.get(id).text);
        println!("{path}: {} items, {} findings", file.items.len(), findings.len());
        for f in &findings {
            print!(
                "{}",
                diagnostic::Human { sources: &sources, lang: diagnostic::Lang::Zh, colour: false }.render(f)
            );
        }
        for f in &findings {
            print!(
                "{}",
                diagnostic::Human { sources: &sources, lang: diagnostic::Lang::En, colour: false }.render(f)
            );
        }
        if std::env::var("DUMP").is_ok() {
            println!("{}", serde_json::to_string(&file).unwrap());
        }
    }
}
