//! Every snippet that a reader types, compiled and run.

include!(concat!(env!("OUT_DIR"), "/skeptic-tests.rs"));
