pub struct Splitter;
