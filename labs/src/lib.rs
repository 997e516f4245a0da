//! Labs

pub mod chart;
