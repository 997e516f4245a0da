//! What runs the experiments of minigrad, draws their figures, and builds and serves the book.

pub mod chart;
pub mod cli;
pub mod command;
pub mod conditions;
pub mod describe;
pub mod failure;
pub mod labs;
pub mod lines;
pub mod output;
pub mod progress;
pub mod registry;
pub mod root;
pub mod say;
pub mod serve;
pub mod site;
pub mod table;
pub mod timing;
pub mod warnings;

pub use failure::Failure;
