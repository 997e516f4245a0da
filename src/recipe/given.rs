//! Values as a file gives them: read whatever they are, to be refused by the name of their field.

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::Deserialize;
use std::fmt;

use super::check::{MOST_BATCH, MOST_DEPTH, MOST_STEPS, MOST_UNITS};
use super::Refused;

/// Characters of a text that a message repeats.
const SHOWN: usize = 60;

/// Any value of JSON.
pub(super) enum Given {
    Whole(u64),
    Negative(i64),
    Real(f64),
    Text(String),
    Object(Vec<(String, Given)>),
    /// What no field accepts, by its name.
    Other(&'static str),
    Flag(bool),
}

impl fmt::Display for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Given::Whole(n) => write!(f, "{n}"),
            Given::Negative(n) => write!(f, "{n}"),
            Given::Real(x) => write!(f, "{x:?}"),
            Given::Text(text) if text.chars().count() > SHOWN => {
                write!(f, "{:?}...", text.chars().take(SHOWN).collect::<String>())
            }
            Given::Text(text) => write!(f, "{text:?}"),
            Given::Object(_) => write!(f, "{{...}}"),
            Given::Other(name) => write!(f, "{name}"),
            Given::Flag(flag) => write!(f, "{flag}"),
        }
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Given, D::Error> {
        from.deserialize_any(Any)
    }
}

struct Any;

impl<'de> Visitor<'de> for Any {
    type Value = Given;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Given, E> {
        Ok(Given::Flag(flag))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Given, E> {
        Ok(Given::Whole(n))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Given, E> {
        Ok(u64::try_from(n).map_or(Given::Negative(n), Given::Whole))
    }

    fn visit_f64<E>(self, x: f64) -> Result<Given, E> {
        Ok(Given::Real(x))
    }

    fn visit_str<E>(self, text: &str) -> Result<Given, E> {
        Ok(Given::Text(text.to_owned()))
    }

    fn visit_unit<E>(self) -> Result<Given, E> {
        Ok(Given::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Given, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Given::Other("[...]"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Given, A::Error> {
        let mut fields = vec![];
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Given::Object(fields))
    }
}

impl Given {
    /// The values of an object's fields in the order of `names`, `None` where one is not given.
    ///
    /// # Errors
    /// No object, with `expected`; a field that is not among the names or stands there twice.
    pub(super) fn fields<const N: usize>(
        self,
        field: &'static str,
        names: [&str; N],
        expected: &str,
    ) -> Result<[Option<Given>; N], String> {
        let Given::Object(given) = self else {
            return Err(Refused::new(field, self, expected).to_string());
        };
        let mut values = [const { None }; N];
        for (name, value) in given {
            let Some(index) = names.iter().position(|known| *known == name) else {
                let names = names.map(|name| format!("`{name}`")).join(" or ");
                return Err(format!("unknown field `{name}`, expected {names}"));
            };
            if values[index].replace(value).is_some() {
                return Err(format!("duplicate field `{name}`"));
            }
        }
        Ok(values)
    }

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
}

fn size(field: &'static str, given: Given, least: usize, most: usize) -> Result<usize, Refused> {
    match given {
        Given::Whole(n) if (least as u64..=most as u64).contains(&n) => Ok(n as usize),
        _ => Err(Refused::new(field, given, Refused::integer(least, most))),
    }
}

fn flag(field: &'static str, given: Given) -> Result<bool, Refused> {
    match given {
        Given::Flag(flag) => Ok(flag),
        _ => Err(Refused::new(field, given, "true or false")),
    }
}

fn any_seed(field: &'static str, given: Given) -> Result<u64, Refused> {
    match given {
        Given::Whole(n) => Ok(n),
        _ => Err(Refused::new(field, given, Refused::integer(0, u64::MAX as usize))),
    }
}

/// Functions that read the fields of these names.
macro_rules! readers {
    ($($name:ident: $type:ty = $read:expr;)*) => {
        $(pub(super) fn $name<'de, D: Deserializer<'de>>(from: D) -> Result<$type, D::Error> {
            let read: fn(&'static str, Given) -> Result<$type, Refused> = $read;
            read(stringify!($name), Given::deserialize(from)?).map_err(serde::de::Error::custom)
        })*
    };
}

readers! {
    depth: usize = |field, given| size(field, given, 1, MOST_DEPTH);
    width: usize = |field, given| size(field, given, 1, MOST_UNITS);
    inputs: usize = |field, given| size(field, given, 1, MOST_UNITS);
    classes: usize = |field, given| size(field, given, 2, MOST_UNITS);
    batch: usize = |field, given| size(field, given, 1, MOST_BATCH);
    steps: usize = |field, given| size(field, given, 1, MOST_STEPS);
    residual: bool = flag;
    final_norm: bool = flag;
    seed: u64 = any_seed;
    bias_std: f64 = |field, given| given.number(field, Refused::unless_deviation);
    lr: f64 = |field, given| given.number(field, Refused::unless_positive);
    weight_decay: f64 = |field, given| given.number(field, Refused::unless_deviation);
    warm_up: usize = |field, given| size(field, given, 0, MOST_STEPS);
    clip_norm: Option<f64> = |field, given| given.number(field, Refused::unless_positive).map(Some);
}
