//! The labs: one command an experiment, each of which runs it, says what it found, and draws its
//! figures.
//!
//! | Where | What lives there |
//! | :--- | :--- |
//! | `bin` | the commands, one line each but for those that are no lab: predict, train, bench-step |
//! | [`labs`] | a file a lab: its tables and its drawings; [`registry`] lists them in the book's order |
//! | [`command`], [`cli`], [`describe`], [`mod@lines`] | what a reader types or hands in, and what is wrong with it |
//! | [`say`], [`table`], [`progress`], [`failure`] | what a reader is told |
//! | [`output`], [`root`] | where the results go |
//! | [`timing`], [`conditions`] | how long a step takes, and on what |
//!
//! What is computed is in `minigrad::experiments`; how a figure looks in `labs/plot`; what becomes
//! of the figures on a page in `labs/book`.

pub mod cli;
pub mod command;
pub mod conditions;
pub mod describe;
pub mod failure;
pub mod labs;
pub mod output;
pub mod progress;
pub mod registry;
pub mod root;
pub mod say;
pub mod table;
pub mod timing;

pub use failure::Failure;
pub use minigrad_lines as lines;
