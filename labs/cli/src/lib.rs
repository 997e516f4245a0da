//! What every command shares: the arguments that it reads, what it says, the files that it writes.

pub mod arguments;
pub mod failure;
pub mod machine;
pub mod output;
pub mod process;
pub mod root;
pub mod terminal;

pub use failure::Failure;
