//! Members of JSON objects, and base64 in them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value};

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
