//! Why a verb did not do what it was asked, and how the command exits.

use std::{error::Error, process::ExitCode};

use pypi_trusted_upload::versioning;
use serde_json::{Map, Value, json};

use crate::console::Console;

/// How the command exits.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Exit {
    /// 0.
    Done,
    /// 1: findings, or a refusal.
    Refused,
    /// 2: wrong usage.
    Usage,
    /// 3: the network or the index is not available.
    Unavailable,
    /// 4: files are staged, and public once their release is completed.
    Staged,
    /// 130: interrupted by a signal.
    Interrupted,
}

impl Exit {
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Unavailable => 3,
            Self::Staged => 4,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}

/// Why a verb failed: its exit code, its line on standard error, its JSON.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    json: Map<String, Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut json = Map::new();
        json.insert("success".to_owned(), false.into());
        json.insert("error".to_owned(), error(&message, exit));
        Self {
            exit,
            message,
            json,
        }
    }

    /// An argument that cannot be used; clap did not notice.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, message)
    }

    /// An error with its causes and its remedy.
    pub(crate) fn of(exit: Exit, error: &(dyn Error + 'static)) -> Self {
        let mut text = chain(error);
        if let Some(help) = help(error) {
            text.push_str(": ");
            text.push_str(help);
        }
        Self::new(exit, text)
    }

    /// Replaces the JSON document by one that is made of the message and the exit code.
    pub(crate) fn document(mut self, make: impl FnOnce(&str, Exit) -> Value) -> Self {
        if let Value::Object(json) = make(&self.message, self.exit) {
            self.json = json;
        }
        self
    }

    /// Adds what else went wrong.
    pub(crate) fn and(self, what: &str) -> Self {
        Self::new(self.exit, format!("{}; {what}", self.message))
    }

    /// Adds the other keys of the verb's document, so that its readers find them whatever happened.
    pub(crate) fn with_keys(mut self, keys: &[&str]) -> Self {
        for key in keys {
            self.json.insert((*key).to_owned(), Value::Null);
        }
        self
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    pub(crate) fn message(&self) -> &str {
        &self.message
    }

    /// Prints the failure as a warning.
    pub(crate) fn warn(self, console: &Console) {
        console.problem(format_args!("warning: {}", self.message()));
    }

    /// Prints the failure; returns the exit code.
    pub(crate) fn report(self, console: &Console) -> Exit {
        if console.json {
            console.json(&Value::Object(self.json));
        }
        console.problem(self.message);
        self.exit
    }
}

/// An error of an operation on the user's own files and settings: exit 1.
impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::of(Exit::Refused, &error)
    }
}

/// The value of the key `error` in a document.
pub(crate) fn error(message: &str, exit: Exit) -> Value {
    let kind = match exit {
        Exit::Usage => "usage",
        Exit::Unavailable => "unavailable",
        Exit::Interrupted => "interrupted",
        _ => "settings",
    };
    json!({ "kind": kind, "message": message, "help": null, "diagnosis": null })
}

/// The remedy of an error whose text does not contain it.
fn help<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a str> {
    if let Some(error) = error.downcast_ref::<versioning::Error>() {
        return error.help();
    }
    if let Some(error) = error.downcast_ref::<pypi_local_index::Error>() {
        return error.help();
    }
    error.downcast_ref::<versioning::VersionError>()?.help()
}

/// An error and its causes on one line. Some errors of other crates end in the text of their cause, which is not repeated.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let why = error.to_string();
        if !text.ends_with(&why) {
            text.push_str(&format!(": {why}"));
        }
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fmt;

    use super::*;

    /// An error that repeats its cause, as some do.
    #[derive(Debug)]
    struct Repeats(&'static str, Option<Box<Self>>);

    impl fmt::Display for Repeats {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Repeats {
        fn source(&self) -> Option<&(dyn Error + 'static)> {
            self.1.as_deref().map(|cause| cause as _)
        }
    }

    #[test]
    fn a_cause_is_told_once() {
        let cause = Repeats("no comma", Some(Box::new(Repeats("line 1", None))));
        let error = Repeats("not JSON: no comma", Some(Box::new(cause)));
        assert_eq!(chain(&error), "not JSON: no comma: line 1");
    }
}
