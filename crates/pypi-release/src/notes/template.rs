//! Notes by a template.
//!
//! Every text is escaped for Markdown where the template writes it, unless it is Markdown already or the template says
//! `|safe`: commit messages are written by anybody.

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior,
    syntax::SyntaxConfig,
    value::{Value, ValueKind},
};

use super::markdown::{code, inline};
use crate::failure::{Exit, Failure, chain};

/// How many instructions a template may execute: enough for some thousand changes.
const FUEL: u64 = 20_000_000;
/// The longest notes, in bytes.
const MAX_LENGTH: usize = 4 * 1024 * 1024;

const DEFAULT: &str = include_str!("default.md.j2");

/// The notes that a template, by default the own one, makes of `context`.
pub(super) fn render(template: Option<(&str, &str)>, context: Value) -> Result<String, Failure> {
    let (name, source) = template.unwrap_or(("the default template", DEFAULT));
    let failure = |error: &Error| {
        let line = error
            .line()
            .map_or(String::new(), |line| format!(" line {line}"));
        let text = chain(error);
        let message =
            format!("template {name:?}{line}: {text}: see docs/notes.md for what it can use");
        Failure::new(Exit::Refused, message)
    };
    let text = environment().render_named_str(name, source, context);
    let text = text.map_err(|error| failure(&error))?;
    if text.len() > MAX_LENGTH {
        let message = format!("template {name:?} makes notes of more than 4 MiB: shorten it");
        return Err(Failure::new(Exit::Refused, message));
    }
    let text = text.trim();
    Ok(if text.is_empty() {
        String::new()
    } else {
        format!("{text}\n")
    })
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    if let Ok(syntax) = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
    {
        environment.set_syntax(syntax);
    }
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.set_auto_escape_callback(|_| AutoEscape::Custom("markdown".into()));
    environment.set_formatter(|out, state, value| {
        let is_raw = value.is_safe() || matches!(state.auto_escape(), AutoEscape::None);
        let text = match value.kind() {
            ValueKind::None => String::new(),
            _ if is_raw => value.to_string(),
            _ => inline(&value.to_string()),
        };
        out.write_str(&text)
            .map_err(|_| Error::from(ErrorKind::WriteFailure))
    });
    environment.add_filter("code", |text: &str| Value::from_safe_string(code(text)));
    environment
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn text_is_escaped_unless_it_is_markdown() {
        let context =
            context! { text => "<b>@x*", safe => Value::from_safe_string("**b**".to_owned()) };
        let render = |source| render(Some(("t", source)), context.clone());
        assert_eq!(
            render("{{ text }} {{ safe }} {{ text|code }}").unwrap(),
            "\\<b\\>`@x`\\* **b** `<b>@x*`\n"
        );
        assert_eq!(render("{{ text|safe }}").unwrap(), "<b>@x*\n");
        assert_eq!(render("{{ none }}").unwrap(), "");
    }

    #[test]
    fn mistakes_name_their_line() {
        let failure = |source| {
            format!(
                "{:?}",
                render(Some(("t.j2", source)), context! {}).unwrap_err()
            )
        };
        assert!(
            failure("a\n{{ b }}").contains("t.j2\\\\\\\" line 2")
                || failure("a\n{{ b }}").contains("line 2"),
            "{}",
            failure("a\n{{ b }}")
        );
        assert!(
            failure(
                "{% for i in range(99999) %}{% for j in range(99999) %}{% endfor %}{% endfor %}"
            )
            .contains("fuel")
        );
    }
}
