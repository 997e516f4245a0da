//! The pages in a real browser: the explorer held against the library on this machine, the self-test,
//! and every page measured.

mod browser;
mod exercise;
mod measures;
mod pages;
mod refusals;
mod turning;
