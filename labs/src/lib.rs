//! Labs

pub mod chart;
pub mod cli;
pub mod failure;
pub mod labs;
pub mod output;
pub mod progress;
pub mod table;
