//! The `sub` claim of GitHub.

use super::Claims;

/// Whether GitHub's subject has ids: `repo:OWNER@ID/REPOSITORY@ID:CONTEXT`, and not `repo:OWNER/REPOSITORY:CONTEXT`.
///
/// The form with ids is the default of repositories that were created or renamed since 2026-07-15; others may choose it.
/// GitHub Enterprise Server has only the other one, and organizations can choose forms of their own. PyPI does not read the
/// subject, so none of them is wrong; the form with ids is a hint that the repository was renamed.
///
/// # Source
///
/// GitHub's changelog of 2026-04-23, "Immutable subject claims for GitHub Actions OIDC tokens".
pub(crate) fn has_ids(claims: &Claims) -> bool {
    let names = claims
        .text("sub")
        .and_then(|subject| subject.strip_prefix("repo:"))
        .and_then(|subject| subject.split_once(':'))
        .and_then(|(names, _)| names.split_once('/'));
    // GitHub's names contain no `@`.
    names.is_some_and(|(owner, repository)| owner.contains('@') && repository.contains('@'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn both_default_forms_are_told_apart() {
        for (subject, expected) in [
            ("repo:octo-org@123456/demo@456789:ref:refs/heads/main", true),
            ("repo:octo-org@123456/demo@456789:environment:pypi", true),
            ("repo:octo-org/demo:ref:refs/heads/main", false),
            ("repo:octo-org/demo:environment:a@b/c@d", false),
            ("repo:octo-org/demo:pull_request", false),
            ("repo:octo-org@1/demo@2", false),
            ("repository_id:99", false),
            ("", false),
        ] {
            let claims = json!({ "sub": subject });
            assert_eq!(has_ids(&Claims::of(claims)), expected, "{subject}");
        }
    }
}
