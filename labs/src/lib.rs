//! Labs
