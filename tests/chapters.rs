//! Every snippet that a reader types.

#![allow(clippy::all)] // A loop over indices reads like the formula beside it.

include!(concat!(env!("OUT_DIR"), "/chapters.rs"));
