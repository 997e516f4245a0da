//! Numbers in JSON, which has neither NaN nor infinities: those stand as words.
//!
//! A field that can hold them says `#[serde(with = "real")]`; it comes back with the same bits.

use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{json, Value};

/// A number, or several, that may not be finite.
pub trait Real: Sized {
    /// As JSON.
    fn to_json(&self) -> Value;
    /// From JSON; `None` where that is something else.
    fn from_json(value: &Value) -> Option<Self>;
}

impl Real for f64 {
    fn to_json(&self) -> Value {
        if self.is_finite() {
            json!(self)
        } else {
            json!(self.to_string())
        }
    }

    fn from_json(value: &Value) -> Option<f64> {
        let word = ["NaN", "inf", "-inf"].into_iter().find(|word| value == word);
        value.as_f64().or_else(|| word?.parse().ok())
    }
}

impl<T: Real> Real for Vec<T> {
    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }

    fn from_json(value: &Value) -> Option<Vec<T>> {
        value.as_array()?.iter().map(T::from_json).collect()
    }
}

impl<T: Real, const N: usize> Real for [T; N] {
    fn to_json(&self) -> Value {
        self.iter().map(T::to_json).collect()
    }

    fn from_json(value: &Value) -> Option<[T; N]> {
        Vec::from_json(value)?.try_into().ok()
    }
}

impl<A: Real, B: Real> Real for (A, B) {
    fn to_json(&self) -> Value {
        json!([self.0.to_json(), self.1.to_json()])
    }

    fn from_json(value: &Value) -> Option<(A, B)> {
        let [a, b] = value.as_array()?.as_slice() else { return None };
        Some((A::from_json(a)?, B::from_json(b)?))
    }
}

/// For `serde(with)`.
pub fn serialize<T: Real, S: Serializer>(value: &T, to: S) -> Result<S::Ok, S::Error> {
    value.to_json().serialize(to)
}

/// For `serde(with)`.
pub fn deserialize<'de, T: Real, D: Deserializer<'de>>(from: D) -> Result<T, D::Error> {
    let value = Value::deserialize(from)?;
    T::from_json(&value).ok_or_else(|| D::Error::custom(format!("{value} is no number")))
}

#[cfg(test)]
mod tests {
    use super::Real;

    #[test]
    fn numbers_come_back_finite_or_not() {
        let numbers = vec![(0.1, f64::NAN), (f64::INFINITY, -0.0), (f64::NEG_INFINITY, 5e-324)];
        let text = numbers.to_json().to_string();
        let again = Vec::<(f64, f64)>::from_json(&serde_json::from_str(&text).unwrap()).unwrap();
        assert_eq!(format!("{numbers:?}"), format!("{again:?}"));
        assert_eq!(f64::from_json(&"nan".into()), None);
    }
}
