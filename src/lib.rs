//! minigrad
