//! Reports of `pydantic` 2.13, which are part of some of Warehouse's messages.

use crate::python::Input;

/// One thing that is wrong with an input.
pub(crate) struct Problem {
    /// The path to the value, such as `0.envelope`; empty for the input itself.
    location: String,
    message: String,
    kind: &'static str,
    input: Input,
}

impl Problem {
    /// The input is not JSON, which `message` explains.
    pub(crate) fn json(message: &str, input: Input) -> Self {
        let message = format!("Invalid JSON: {message}");
        Self::new("", message, "json_invalid", input)
    }

    pub(crate) fn new(
        location: impl Into<String>,
        message: impl Into<String>,
        kind: &'static str,
        input: impl Into<Input>,
    ) -> Self {
        Self {
            location: location.into(),
            message: message.into(),
            kind,
            input: input.into(),
        }
    }

    /// `object`, which is at `location`, lacks `key`.
    pub(crate) fn missing(location: &str, key: &str, object: impl Into<Input>) -> Self {
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
            input: Input { repr, type_name },
        } = problem;
        if !location.is_empty() {
            text.push_str(&format!("\n{location}"));
        }
        let input = shortened(repr);
        text.push_str(&format!(
            "\n  {message} [type={kind}, input_value={input}, input_type={type_name}]\n    \
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

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn long_values_are_shortened() {
        let long = "é".repeat(40);
        let cut = shortened(&long);
        assert_eq!(cut, format!("{}...{}", "é".repeat(12), "é".repeat(12)));
    }
}
