//! Why a verb did not do what it was asked, and how the command exits.

use std::{error::Error, process::ExitCode};

use pypi_trusted_upload::versioning;
use serde_json::{Map, Value};

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
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::Usage => 2,
            Exit::Unavailable => 3,
        })
    }
}

/// Why a verb failed: its exit code, its lines on standard error, its JSON.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    message: String,
    /// Printed instead of the message where there are several problems.
    lines: Vec<String>,
    json: Map<String, Value>,
}

impl Failure {
    pub(crate) fn new(exit: Exit, message: impl Into<String>) -> Self {
        let message = message.into();
        let mut json = Map::new();
        json.insert("error".to_owned(), message.clone().into());
        Self {
            exit,
            message,
            lines: Vec::new(),
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

    /// Adds to the line for a person.
    pub(crate) fn and(mut self, text: &str) -> Self {
        self.message.push_str("; ");
        self.message.push_str(text);
        self
    }

    /// Prints these lines instead of the message.
    pub(crate) fn lines(mut self, lines: Vec<String>) -> Self {
        self.lines = lines;
        self
    }

    /// Adds a member to the JSON document.
    pub(crate) fn member(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.json.insert(key.to_owned(), value.into());
        self
    }

    /// Prints the failure; returns the exit code.
    pub(crate) fn report(self, console: &Console) -> Exit {
        if console.json {
            console.json(&Value::Object(self.json));
        }
        if self.lines.is_empty() {
            console.problem(self.message);
        }
        for line in self.lines {
            console.problem(line);
        }
        self.exit
    }
}

/// An error of an operation on the user's own files and settings: exit 1.
impl<E: Error + 'static> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::of(Exit::Refused, &error)
    }
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

/// An error and its causes on one line.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
