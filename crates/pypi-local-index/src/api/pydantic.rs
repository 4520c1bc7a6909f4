//! Reports of `pydantic` 2.13, which are part of some of Warehouse's messages.

use pypi_metadata::python_repr;
use serde_json::Value;

/// One thing that is wrong with an input.
pub(crate) struct Problem {
    /// The path to the value, such as `0.envelope`; empty for the input itself.
    location: String,
    message: String,
    kind: &'static str,
    input: String,
    input_type: &'static str,
}

impl Problem {
    /// The input is not JSON. Its type is `str` or `bytes`.
    pub(crate) fn json(error: &serde_json::Error, input: String, input_type: &'static str) -> Self {
        Self {
            location: String::new(),
            message: format!("Invalid JSON: {error}"),
            kind: "json_invalid",
            input,
            input_type,
        }
    }

    pub(crate) fn new(
        location: impl Into<String>,
        message: impl Into<String>,
        kind: &'static str,
        input: &Value,
    ) -> Self {
        Self {
            location: location.into(),
            message: message.into(),
            kind,
            input: repr(input),
            input_type: type_name(input),
        }
    }

    /// `object`, which is at `location`, lacks `key`.
    pub(crate) fn missing(location: &str, key: &str, object: &Value) -> Self {
        let location = if location.is_empty() {
            key.to_owned()
        } else {
            format!("{location}.{key}")
        };
        Self::new(location, "Field required", "missing", object)
    }
}

/// The text of a `ValidationError`.
pub(crate) fn report(model: &str, problems: &[Problem]) -> String {
    let many = if problems.len() == 1 { "" } else { "s" };
    let mut text = format!("{} validation error{many} for {model}", problems.len());
    for problem in problems {
        let Problem {
            location,
            message,
            kind,
            input,
            input_type,
        } = problem;
        if !location.is_empty() {
            text.push_str(&format!("\n{location}"));
        }
        let input = shortened(input);
        text.push_str(&format!(
            "\n  {message} [type={kind}, input_value={input}, input_type={input_type}]\n    \
             For further information visit https://errors.pydantic.dev/2.13/v/{kind}"
        ));
    }
    text
}

/// The first 25 and the last 24 bytes of a long value.
fn shortened(value: &str) -> String {
    if value.len() <= 50 {
        return value.to_owned();
    }
    let is_boundary = |at: &usize| value.is_char_boundary(*at);
    let first = (0..=25).rev().find(is_boundary).unwrap_or(0);
    let last = (value.len() - 24..value.len())
        .find(is_boundary)
        .unwrap_or(value.len());
    let part = |range| value.get(range).unwrap_or_default();
    format!("{}...{}", part(0..first), part(last..value.len()))
}

/// Python's `repr` of this JSON value. `serde_json` bounds its depth.
fn repr(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => python_repr(text),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(repr).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .map(|(key, value)| format!("{}: {}", python_repr(key), repr(value)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

/// Python's `repr` of `bytes`.
pub(crate) fn bytes_repr(bytes: &[u8]) -> String {
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

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "NoneType",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float",
        Value::Number(_) => "int",
        Value::String(_) => "str",
        Value::Array(_) => "list",
        Value::Object(_) => "dict",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn values_have_pythons_repr_and_long_ones_are_shortened() {
        assert_eq!(
            repr(&json!({"a": [null, true, 1.5, "it's"]})),
            "{'a': [None, True, 1.5, \"it's\"]}"
        );
        assert_eq!(bytes_repr(b"a'\n\xff"), "b\"a'\\n\\xff\"");
        let long = "é".repeat(40);
        let cut = shortened(&long);
        assert_eq!(cut, format!("{}...{}", "é".repeat(12), "é".repeat(12)));
    }
}
