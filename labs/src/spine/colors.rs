//! What a colour and its marker mean: the same in every figure of the book.
//!
//! | Colour, marker | Stands for |
//! | :--- | :--- |
//! | A, blue circle | trains; Kaiming, `+ x`, ReLU |
//! | B, orange square | diverges; uniform weights |
//! | C, green triangle | vanishes; Xavier, no `+ x` |
//! | D, plum diamond | LayerNorm; SiLU |
//! | E, brown triangle upside down | no norm; GELU; a wrong verdict |
//! | F, indigo ring | RMSNorm; tanh; a right verdict, and what is measured where nothing else is |
//! | grey, dashed | theory; a guess; seeds that disagree |
//!
//! The first three are the outcomes. An initialization has the colour of what becomes of it in the
//! book's headline. A cross is where a loss leaves the finite numbers, an arrow where a line leaves
//! the frame.

use minigrad::recipe::{Activation, Outcome};
use minigrad_plot::Color;

/// What is said before a run: lines of this colour are dashed.
pub const THEORY: Color = Color::Muted;

/// What is measured, where nothing else is told apart.
pub const MEASURED: Color = Color::F;

/// A verdict that came true.
pub const RIGHT: Color = Color::F;

/// A verdict that did not.
pub const WRONG: Color = Color::E;

/// What became of a network.
pub fn outcome(outcome: Outcome) -> Color {
    match outcome {
        Outcome::Trains => Color::A,
        Outcome::Diverges => Color::B,
        Outcome::Vanishes => Color::C,
    }
}

/// An initialization, by its name in the figures.
pub fn init(name: &str) -> Color {
    outcome(match name {
        "Kaiming" => Outcome::Trains,
        "uniform" => Outcome::Diverges,
        _ => Outcome::Vanishes,
    })
}

/// With `+ x` or without.
pub fn residual(is_there: bool) -> Color {
    outcome(if is_there { Outcome::Trains } else { Outcome::Vanishes })
}

/// A norm, by its name in the figures.
pub fn norm(name: &str) -> Color {
    match name {
        "LayerNorm" => Color::D,
        "RMSNorm" => Color::F,
        _ => Color::E,
    }
}

/// An activation.
pub fn activation(activation: Activation) -> Color {
    match activation {
        Activation::Relu => Color::A,
        Activation::Silu => Color::D,
        Activation::Gelu => Color::E,
        Activation::Tanh => Color::F,
        _ => Color::Muted,
    }
}
