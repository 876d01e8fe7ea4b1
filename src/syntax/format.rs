pub struct Style;
pub fn format() {}
