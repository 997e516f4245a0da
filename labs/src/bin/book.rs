//! Book driver.
fn main() {}
