//! One `Classifier`.

use crate::{Classifier, Field, Finding, classifier, python_repr};

pub(super) const UNKNOWN: &str = "classifier-unknown";

pub(super) fn check(name: &str) -> Option<Finding> {
    let field = Some(Field::Classifier);
    match Classifier::look_up(name) {
        Classifier::Known => None,
        Classifier::Deprecated(others) => {
            let finding = Finding::error(
                "classifier-deprecated",
                field,
                format!("the classifier {name:?} is deprecated"),
            );
            let name = python_repr(name);
            Some(if others.is_empty() {
                finding
                    .with_help("remove it")
                    .with_index_text(format!("The classifier {name} has been deprecated."))
            } else {
                let list: Vec<String> = others.iter().map(|other| python_repr(other)).collect();
                finding
                    .with_help(format!("use {} instead", others.join(" or ")))
                    .with_index_text(format!(
                        "The classifier {name} has been deprecated, use one of [{}] instead.",
                        list.join(", ")
                    ))
            })
        }
        Classifier::Unknown => {
            let finding = Finding::error(
                UNKNOWN,
                field,
                format!("{name:?} is no classifier that PyPI knows"),
            );
            let finding = match classifier::similar(name) {
                Some(known) => finding.with_help(format!("write {known:?}")),
                None if name.starts_with("Private ::") => finding.with_help(
                    "it is there to keep the project from being published; remove it to publish",
                ),
                None => {
                    finding.with_help("remove it, or take one from the list of trove classifiers")
                }
            };
            Some(
                finding
                    .with_index_text(format!("{} is not a valid classifier.", python_repr(name))),
            )
        }
    }
}
