//! The project of a pending publisher.

use super::{Cause, CauseKind, Refusal};

pub(super) fn exists(refusal: &Refusal<'_>) -> Vec<Cause> {
    let index = refusal.index();
    vec![
        Cause::new(
            CauseKind::PendingPublisher,
            format!("the project was created in another way, and {index} has deleted its pending publisher"),
        )
        .change_on_index("register these values as a publisher of the project"),
        Cause::new(CauseKind::NameTaken, "somebody else has created a project of this name")
            .change_in_job("choose another name, and register a pending publisher for it"),
    ]
}

/// Warehouse answers with the text of the error for which a project cannot be created.
pub(super) fn rejected(refusal: &Refusal<'_>) -> Vec<Cause> {
    let cause = |kind, explanation: String| {
        Cause::new(kind, explanation)
            .change_on_index("register a pending publisher for another name")
            .change_in_job("choose another name")
    };
    let index = refusal.index();
    let has = |text| refusal.description.contains(text);
    let cause = if has("temporarily disabled") {
        Cause::new(
            CauseKind::Disabled,
            format!("the administrators of {index} have switched off the creation of projects"),
        )
        .change_on_index("wait, and read its status page")
    } else if has("conflicts with an existing project") {
        cause(
            CauseKind::NameTaken,
            "a project of this name was created at the same time".to_owned(),
        )
    } else if has("too similar to an existing project") {
        let explanation = "the name is like that of an existing project; letters and digits that look alike are equal";
        cause(CauseKind::NameTaken, explanation.to_owned())
    } else if has("Standard Library") {
        let explanation = "the name is that of a module of Python's standard library".to_owned();
        cause(CauseKind::NameNotAllowed, explanation)
    } else {
        cause(
            CauseKind::NameNotAllowed,
            format!("{index} does not allow the name of the project"),
        )
    };
    vec![cause]
}
