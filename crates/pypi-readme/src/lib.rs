//! Whether PyPI can render a project description, and what the rendered page looks like.
//!
//! ```
//! let report = pypi_readme::check_rst("Demo\n====\n\nSee `the docs\n");
//! let problem = report.problems().first().expect("an open backquote");
//! assert_eq!(problem.line(), 4);
//! assert!(pypi_readme::check_rst("Demo\n====\n\nText.\n").problems().is_empty());
//! ```
//!
//! **In scope:** the errors for which PyPI rejects a description in reStructuredText, and HTML for Markdown and plain
//! text. **Out of scope:** HTML for reStructuredText, syntax highlighting, reading files.
//!
//! Pitfalls: a description without a content type is reStructuredText, so a Markdown readme without one is checked by
//! the wrong rules; docutils' warnings are errors here, because PyPI discards its output on any warning.
//!
//! Both functions take hostile text: input is bounded by constants, and nothing panics.
//!
//! # Crate features
//!
//! - **markdown** – `render`: Markdown and plain text as the HTML that PyPI shows, by `comrak` and `ammonia`.

#[cfg(feature = "markdown")]
mod complexity;
#[cfg(feature = "markdown")]
mod markdown;
mod rst;

#[cfg(feature = "markdown")]
pub use markdown::{MAX_RENDERED, Rendered, render};
pub use rst::{MAX_CHECKED, Problem, RstReport, check_rst};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
