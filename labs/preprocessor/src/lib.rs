//! Preprocessor
