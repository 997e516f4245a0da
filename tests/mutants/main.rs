//! Tests run in the order of their names: the cheap ones are in `first`.

mod first;
mod second;
