//! `Classifier`.

use crate::{Classifier, Field, Finding, classifier, python_repr, rules};

pub(super) fn check(name: &str) -> Option<Finding> {
    match Classifier::look_up(name) {
        Classifier::Known => None,
        Classifier::Deprecated(replacements) => Some(deprecated(name, replacements)),
        Classifier::Unknown => Some(unknown(name)),
    }
}

fn deprecated(name: &str, replacements: &[&str]) -> Finding {
    let message = format!("the classifier {name:?} is deprecated");
    let finding = Finding::in_field(&rules::CLASSIFIER_DEPRECATED, Field::Classifier, message);
    let name = python_repr(name);
    if replacements.is_empty() {
        return finding
            .with_help("remove it")
            .with_index_text(format!("The classifier {name} has been deprecated."));
    }
    let list: Vec<String> = replacements
        .iter()
        .map(|other| python_repr(other))
        .collect();
    finding
        .with_help(format!("use {} instead", replacements.join(" or ")))
        .with_index_text(format!(
            "The classifier {name} has been deprecated, use one of [{}] instead.",
            list.join(", ")
        ))
}

fn unknown(name: &str) -> Finding {
    let message = format!("the classifier {name:?} is unknown to PyPI");
    let help = match classifier::similar(name) {
        Some(known) => format!("write {known:?}"),
        None if name.starts_with("Private ::") => {
            "remove it to publish; it keeps a project from being published by mistake".to_owned()
        }
        None => "remove it, or use one from https://pypi.org/classifiers/".to_owned(),
    };
    Finding::in_field(&rules::CLASSIFIER_UNKNOWN, Field::Classifier, message)
        .with_help(help)
        .with_index_text(format!("{} is not a valid classifier.", python_repr(name)))
}
