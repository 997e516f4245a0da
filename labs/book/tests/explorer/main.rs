//! The pages in a real browser: the explorer held against the library on this machine, the self-test,
//! its figures, and every page measured.

mod browser;
mod exercise;
mod figures;
mod measures;
mod pages;
mod refusals;
mod turning;
