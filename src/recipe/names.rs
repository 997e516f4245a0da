//! Enums that are names.

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
                $enum::of(&$crate::recipe::given::Given::Text(name.to_owned()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $enum {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<$enum, D::Error> {
                let given = serde::Deserialize::deserialize(from)?;
                $enum::of(&given).map_err(serde::de::Error::custom)
            }
        }

        impl $enum {
            fn of(given: &$crate::recipe::given::Given) -> Result<$enum, $crate::recipe::Refused> {
                let named = |one: &$enum| {
                    matches!(given, $crate::recipe::given::Given::Text(name) if name == one.name())
                };
                $enum::ALL.into_iter().find(named).ok_or_else(|| {
                    let expected = format!("one of {}", $enum::ALL.map($enum::name).join(", "));
                    $crate::recipe::Refused::new($field, given, expected)
                })
            }
        }
    };
}
pub(super) use named;
