//! Values as Python shows them.

use pypi_metadata::python_repr;
use serde_json::Value;

use super::json::Json;

/// A value as a report shows it.
pub(crate) struct Input {
    /// Its `repr`.
    pub(crate) repr: String,
    /// The name of its type.
    pub(crate) type_name: &'static str,
}

impl From<&[u8]> for Input {
    fn from(bytes: &[u8]) -> Self {
        Self::new(bytes_repr(bytes), "bytes")
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Self {
        Self::new(python_repr(text), "str")
    }
}

impl From<&Json> for Input {
    fn from(value: &Json) -> Self {
        Self::new(repr(value), type_name(value))
    }
}

impl From<&Value> for Input {
    fn from(value: &Value) -> Self {
        Self::from(&Json::from(value))
    }
}

impl Input {
    fn new(repr: String, type_name: &'static str) -> Self {
        Self { repr, type_name }
    }
}

impl From<&Value> for Json {
    /// `serde_json` bounds the depth of the value.
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(is_true) => Self::Bool(*is_true),
            Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
                Some(number) => Self::Float(number),
                None => Self::Int(number.to_string()),
            },
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                let members = members.iter();
                let members = members.map(|(key, value)| (key.clone(), Self::from(value)));
                Self::Object(members.collect())
            }
        }
    }
}

/// The value as Python formats it in a text.
pub(crate) fn formatted(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => repr(&Json::from(other)),
    }
}

/// Python's `repr`. The parsers bound the depth of the value.
fn repr(value: &Json) -> String {
    match value {
        Json::Null => "None".to_owned(),
        Json::Bool(true) => "True".to_owned(),
        Json::Bool(false) => "False".to_owned(),
        Json::Int(number) => number.clone(),
        Json::Float(number) => float_repr(*number),
        Json::Text(text) => python_repr(text),
        Json::Array(items) => {
            let items: Vec<String> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Json::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", python_repr(key), repr(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Python's `repr` of `bytes`.
fn bytes_repr(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') {
        '"'
    } else {
        '\''
    };
    let mut text = format!("b{quote}");
    for byte in bytes {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\'' if quote == '\'' => text.push_str("\\'"),
            0x20..=0x7e => text.push(char::from(*byte)),
            _ => text.push_str(&format!("\\x{byte:02x}")),
        }
    }
    text.push(quote);
    text
}

/// Python's `repr` of a `float`: the shortest digits, with an exponent below 1e-4 and from 1e16.
fn float_repr(number: f64) -> String {
    if number.is_nan() {
        return "nan".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{number:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    match exponent.parse() {
        Ok(-4..=15) | Err(_) => format!("{number:?}"),
        Ok(exponent @ i32::MIN..=-5) => format!("{digits}e-{:02}", exponent.unsigned_abs()),
        Ok(exponent) => format!("{digits}e+{exponent:02}"),
    }
}

fn type_name(value: &Json) -> &'static str {
    match value {
        Json::Null => "NoneType",
        Json::Bool(_) => "bool",
        Json::Float(_) => "float",
        Json::Int(_) => "int",
        Json::Text(_) => "str",
        Json::Array(_) => "list",
        Json::Object(_) => "dict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_pythons_repr() {
        let value = Json::parse(br#"{"z": [null, true, 1.5, "it's"], "a": 1}"#).expect("JSON");
        assert_eq!(repr(&value), "{'z': [None, True, 1.5, \"it's\"], 'a': 1}");
        assert_eq!(bytes_repr(b"a'\n\xff"), "b\"a'\\n\\xff\"");
    }

    // The results of Python 3.11.
    #[test]
    fn floats_have_pythons_repr() {
        for (number, repr) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (1.0, "1.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e22, "1.5e+22"),
            (1.25e-100, "1.25e-100"),
            (f64::INFINITY, "inf"),
            (f64::NEG_INFINITY, "-inf"),
            (f64::NAN, "nan"),
        ] {
            assert_eq!(float_repr(number), repr);
        }
    }
}
