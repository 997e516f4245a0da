//! The names of the inits: printed, parsed, and in JSON.

use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde::Deserialize;
use std::fmt;
use std::str::FromStr;

use super::{Gain, Init, Scale};
use crate::recipe::given::Given;
use crate::recipe::refused::Number;
use crate::recipe::Refused;

/// Every init by its name, in the order of the table; those that take a value at 1.
const NAMED: [(&str, Init); 10] = [
    ("uniform", Init::Uniform(1.0)),
    ("xavier", Init::Xavier),
    ("xavier_uniform", Init::XavierUniform),
    ("glorot", Init::Glorot),
    ("glorot_uniform", Init::GlorotUniform),
    ("kaiming", Init::Kaiming),
    ("kaiming_uniform", Init::KaimingUniform),
    ("sigma", Init::Sigma(1.0)),
    ("orthogonal", Init::Orthogonal(1.0)),
    ("gpt2", Init::Gpt2),
];

impl Init {
    /// The names that [`FromStr`] and JSON accept; `true` marks those that take a value.
    pub const NAMES: [(&'static str, bool); NAMED.len()] = {
        let mut names = [("", false); NAMED.len()];
        let mut i = 0;
        while i < NAMED.len() {
            names[i] = (NAMED[i].0, NAMED[i].1.value().is_some());
            i += 1;
        }
        names
    };

    /// The same with another number, if its name takes one.
    fn with(self, value: f64) -> Init {
        let scale = match self.scale {
            Scale::Bound(_) => Scale::Bound(value),
            Scale::Fan(fan, Gain::Value(_)) => Scale::Fan(fan, Gain::Value(value)),
            other => other,
        };
        Init { scale, ..self }
    }

    fn parts(self) -> (&'static str, Option<f64>) {
        // Compared at 1: NaN is not itself.
        let found = NAMED.iter().find(|(_, init)| *init == self.with(1.0));
        (found.expect("every init has a name").0, self.value())
    }
}

impl fmt::Display for Init {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.parts() {
            (name, Some(value)) => f.pad(&format!("{name}({})", Number(value))),
            (name, None) => f.pad(name),
        }
    }
}

/// `kaiming`, or `sigma(1.5)` for those that take a value.
impl FromStr for Init {
    type Err = Refused;

    fn from_str(text: &str) -> Result<Init, Refused> {
        match text.strip_suffix(')').and_then(|t| t.split_once('(')) {
            Some((kind, value)) => match value.parse() {
                Ok(value) => Init::named(kind, Some(value)),
                Err(_) => Err(Init::unknown(text)),
            },
            None => Init::named(text, None),
        }
    }
}

impl Init {
    fn named(name: &str, value: Option<f64>) -> Result<Init, Refused> {
        let fits = |(known, init): &&(&str, Init)| {
            *known == name && init.value().is_some() == value.is_some()
        };
        let init = match (NAMED.iter().find(fits), value) {
            (Some((_, init)), value) => init.with(value.unwrap_or(1.0)),
            (None, Some(value)) => return Err(Init::unknown(&format!("{name}({value})"))),
            (None, None) => return Err(Init::unknown(name)),
        };
        init.check().map(|()| init)
    }

    fn unknown(shown: &str) -> Refused {
        Refused::new("init", format!("{shown:?}"), Init::accepted())
    }

    fn accepted() -> String {
        let name = |(name, takes)| format!("{name}{}", if takes { "(VALUE)" } else { "" });
        format!("one of {}", Init::NAMES.map(name).join(", "))
    }
}

/// The JSON form: `{"kind": "sigma", "value": 1.5}`.
#[derive(Deserialize)]
#[serde(
    deny_unknown_fields,
    expecting = r#"init as an object such as {"kind": "kaiming"} or {"kind": "sigma", "value": 1.5}"#
)]
pub(super) struct Named {
    kind: Given,
    value: Option<Given>,
}

impl TryFrom<Named> for Init {
    type Error = Refused;

    fn try_from(Named { kind, value }: Named) -> Result<Init, Refused> {
        let Given::Text(kind) = kind else {
            return Err(Refused::new("init kind", kind, Init::accepted()));
        };
        let number = |value: Given| value.number("init value", Refused::unless_positive);
        Init::named(&kind, value.map(number).transpose()?)
    }
}

impl Serialize for Init {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (kind, value) = self.parts();
        let mut fields = to.serialize_struct("Init", 2)?;
        fields.serialize_field("kind", kind)?;
        fields.serialize_field("value", &value)?;
        fields.end()
    }
}
