//! Enums that are names.

use super::given::Given;
use super::Refused;

/// Declares an enum of names: JSON, `Display` and `FromStr` agree on them.
macro_rules! named {
    ($(#[$doc:meta])* $enum:ident, $field:literal, { $($(#[$variant_doc:meta])* $variant:ident = $name:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
        pub enum $enum {
            $($(#[$variant_doc])* #[serde(rename = $name)] $variant),*
        }

        impl $enum {
            /// Every variant, in the order of the tables.
            pub const ALL: [$enum; [$($name),*].len()] = [$($enum::$variant),*];

            /// The name used in recipes and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $($enum::$variant => $name),*
                }
            }
        }

        impl std::fmt::Display for $enum {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.name())
            }
        }

        impl std::str::FromStr for $enum {
            type Err = $crate::recipe::Refused;

            fn from_str(name: &str) -> Result<$enum, Self::Err> {
                let given = $crate::recipe::given::Given::Text(name.to_owned());
                $crate::recipe::names::find($field, given, &$enum::ALL, $enum::name)
            }
        }

        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<$enum, D::Error> {
                let given = serde::Deserialize::deserialize(from)?;
                $crate::recipe::names::find($field, given, &$enum::ALL, $enum::name)
                    .map_err(serde::de::Error::custom)
            }
        }
    };
}
pub(super) use named;

/// The one of all that is given by its name.
pub(super) fn find<E: Copy>(
    field: &'static str,
    given: Given,
    all: &[E],
    name: fn(E) -> &'static str,
) -> Result<E, Refused> {
    let is_given = |one: &E| matches!(&given, Given::Text(text) if text == name(*one));
    all.iter().copied().find(is_given).ok_or_else(|| {
        let names: Vec<&str> = all.iter().map(|one| name(*one)).collect();
        Refused::new(field, given, format!("one of {}", names.join(", ")))
    })
}
