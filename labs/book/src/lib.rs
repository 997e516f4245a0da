//! The book: built from `book/` and `figures/`, and served.
//!
//! | Where | What lives there |
//! | :--- | :--- |
//! | `bin/book.rs` | `cargo run`: builds the book, serves it, runs the labs beside it |
//! | [`site`] | builds the book in this process, beside the earlier one until it is complete |
//! | [`warnings`] | what mdBook only warns about, which ends the build |
//! | [`serve`] | the server |
//! | [`beside`] | what is made beside it: the library for the browser, the figures |
//! | `preprocessor/` | a crate of its own: what puts numbers and figures into the text |
//!
//! The preprocessor stands apart because `mdbook serve` runs it: whoever writes a chapter builds
//! only that and the library, which it also compiles for the reader's browser.

pub mod beside;
pub mod serve;
pub mod site;
pub mod warnings;
