//! Tests run in the order of their names: the cheap ones are in `first`.

extern crate minigrad_tests as minigrad_labs;

mod first;
mod second;
