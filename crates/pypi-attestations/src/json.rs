//! Members of JSON objects, and base64 in them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

/// Parses JSON text of at most [`MAX_VALUES`] values.
pub(crate) fn parse(json: &[u8]) -> Result<Value, String> {
    check(json)?;
    serde_json::from_slice(json).map_err(|error| error.to_string())
}

/// Fails if JSON text has more than [`MAX_VALUES`] values.
pub(crate) fn check(json: &[u8]) -> Result<(), String> {
    match has_more_values(json, MAX_VALUES) {
        true => Err(format!("it has more than {MAX_VALUES} values")),
        false => Ok(()),
    }
}

/// Whether JSON text has more values than `max`, by what precedes them: a bracket, a comma or a colon. A value of two bytes
/// can need hundreds in memory.
fn has_more_values(json: &[u8], max: usize) -> bool {
    let mut is_text = false;
    let mut is_escaped = false;
    let before_values = json.iter().filter(|byte| {
        if is_text {
            is_text = is_escaped || **byte != b'"';
            is_escaped = !is_escaped && **byte == b'\\';
            return false;
        }
        is_text = **byte == b'"';
        matches!(byte, b'[' | b'{' | b',' | b':')
    });
    before_values.take(max + 1).count() > max
}

/// The most values of a JSON text; real provenance objects have some hundreds.
const MAX_VALUES: usize = 20_000;

/// A member of a JSON object; a JSON list instead of an object is an error, as it is to PyPI.
pub(crate) fn member<'a>(value: &'a Value, key: &str) -> Result<&'a Value, String> {
    let object: Option<&Map<String, Value>> = value.as_object();
    object
        .and_then(|object| object.get(key))
        .ok_or_else(|| format!("`{key}` is missing"))
}

/// A member that is a string.
pub(crate) fn text<'a>(object: &'a Value, key: &str) -> Result<&'a str, String> {
    let member = member(object, key)?;
    member
        .as_str()
        .ok_or_else(|| format!("`{key}` must be a string"))
}

/// A member that is a list.
pub(crate) fn list<'a>(object: &'a Value, key: &str) -> Result<&'a [Value], String> {
    let list = member(object, key)?.as_array();
    list.map(Vec::as_slice)
        .ok_or_else(|| format!("`{key}` must be a list"))
}

/// A member in standard base64; line breaks are allowed, because older tools wrote them.
pub(crate) fn bytes(object: &Value, key: &str) -> Result<Vec<u8>, String> {
    let text: String = text(object, key)?.split(['\r', '\n']).collect();
    STANDARD
        .decode(text)
        .map_err(|error| format!("`{key}` is not valid base64: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_strings() {
        let text = br#"{"a": [1, 2], "b,[{:": "\",[[[\\"}"#;
        assert!(!has_more_values(text, 6));
        assert!(has_more_values(text, 5));
        assert!(parse(text).is_ok());
        let list = format!("[{}]", "{},".repeat(MAX_VALUES));
        let error = parse(list.as_bytes()).unwrap_err();
        assert_eq!(error, "it has more than 20000 values");
    }
}
