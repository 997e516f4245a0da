//! Values as a file gives them: read whatever they are, to be refused by the name of their field.

use serde::de::{Deserializer, IgnoredAny};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;

use super::refused::{MOST_BATCH, MOST_DEPTH, MOST_STEPS, MOST_UNITS};
use super::Refused;

/// Characters of a text that a message repeats.
const SHOWN: usize = 60;

/// Any value of JSON.
#[derive(Deserialize)]
#[serde(untagged)]
#[allow(dead_code)] // Lists and objects are told apart, and their entries never shown.
pub(super) enum Given {
    Flag(bool),
    Whole(u64),
    Negative(i64),
    Real(f64),
    Text(String),
    List(Vec<IgnoredAny>),
    Object(BTreeMap<String, IgnoredAny>),
    Null(()),
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Flag(flag) => write!(f, "{flag}"),
            Given::Whole(n) => write!(f, "{n}"),
            Given::Negative(n) => write!(f, "{n}"),
            Given::Real(x) => write!(f, "{x:?}"),
            Given::Text(text) if text.chars().count() > SHOWN => {
                write!(f, "{:?}...", text.chars().take(SHOWN).collect::<String>())
            }
            Given::Text(text) => write!(f, "{text:?}"),
            Given::List(_) => write!(f, "[...]"),
            Given::Object(_) => write!(f, "{{...}}"),
            Given::Null(()) => write!(f, "null"),
        }
    }
}

impl Given {
    /// The number, or why it is none that `accept` accepts.
    pub(super) fn number(
        self,
        field: &'static str,
        accept: fn(&'static str, f64) -> Result<(), Refused>,
    ) -> Result<f64, Refused> {
        let x = match self {
            Given::Whole(n) => n as f64,
            Given::Negative(n) => n as f64,
            Given::Real(x) => x,
            _ => {
                // What is accepted is said of every number that is not.
                let refused = accept(field, f64::NAN).err();
                return Err(Refused { value: self.to_string(), ..refused.unwrap_or_default() });
            }
        };
        accept(field, x).map(|()| x)
    }

    fn integer(self, field: &'static str, least: u64, most: u64) -> Result<u64, Refused> {
        match self {
            Given::Whole(n) if (least..=most).contains(&n) => Ok(n),
            _ => Err(Refused::new(field, self, Refused::integer(least as usize, most as usize))),
        }
    }

    fn size(self, field: &'static str, least: usize, most: usize) -> Result<usize, Refused> {
        self.integer(field, least as u64, most as u64).map(|n| n as usize)
    }

    fn flag(self, field: &'static str) -> Result<bool, Refused> {
        match self {
            Given::Flag(flag) => Ok(flag),
            _ => Err(Refused::new(field, self, "true or false")),
        }
    }
}

/// Functions that read the fields of these names.
macro_rules! readers {
    ($($name:ident: $type:ty = $read:ident($($argument:expr),*) $(=> $then:expr)?;)*) => {
        $(pub(super) fn $name<'de, D: Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
            let read = Given::deserialize(from)?.$read(stringify!($name), $($argument),*);
            read$(.map($then))?.map_err(serde::de::Error::custom)
        })*
    };
}

readers! {
    depth: usize = size(1, MOST_DEPTH);
    width: usize = size(1, MOST_UNITS);
    inputs: usize = size(1, MOST_UNITS);
    classes: usize = size(1, MOST_UNITS);
    batch: usize = size(1, MOST_BATCH);
    steps: usize = size(1, MOST_STEPS);
    warm_up: usize = size(0, MOST_STEPS);
    seed: u64 = integer(0, u64::MAX);
    residual: bool = flag();
    final_norm: bool = flag();
    bias_std: f64 = number(Refused::unless_deviation);
    lr: f64 = number(Refused::unless_positive);
    weight_decay: f64 = number(Refused::unless_deviation);
    clip_norm: Option<f64> = number(Refused::unless_positive) => Some;
    momentum: f64 = number(Refused::unless_share);
    beta1: f64 = number(Refused::unless_share);
    beta2: f64 = number(Refused::unless_share);
    epsilon: f64 = number(Refused::unless_positive);
}

/// JSON of a type with `#[serde(remote = "Self")]` that is read only if its `check` accepts it.
macro_rules! checked {
    ($type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
                let read = $type::deserialize(from)?;
                read.check().map_err(serde::de::Error::custom)?;
                Ok(read)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $type::serialize(self, to)
            }
        }
    };
}
pub(super) use checked;
