//! `Author-email` and `Maintainer-email`.

use crate::{
    Field, Finding, Metadata,
    accept::{address_list, email},
    python_repr, rules,
};

/// What the index rejects. It does not check a field with several addresses.
pub(super) fn check(metadata: &Metadata) -> Vec<Finding> {
    let fields = [Field::AuthorEmail, Field::MaintainerEmail];
    let findings = fields.into_iter().filter_map(|field| {
        let address = address_list::single_address(metadata.get(field)?);
        let problem = (!address.is_empty()).then(|| email::problem(&address))??;
        let message = format!(
            "{address:?} in {field} is not a valid email address: {}",
            as_clause(&problem)
        );
        let sentence = format!(
            "{} is not a valid email address: {problem}",
            python_repr(&address)
        );
        Some(
            Finding::in_field(&rules::EMAIL_INVALID, field, message)
                .with_help(
                    "write \"Name <name@example.org>\", or put a bare name in Author or Maintainer",
                )
                .with_index_text(sentence),
        )
    });
    findings.collect()
}

/// A sentence of the validator as the last part of a message.
fn as_clause(sentence: &str) -> String {
    let mut chars = sentence.trim_end_matches('.').chars();
    let first = chars.next().map(char::to_lowercase);
    first.into_iter().flatten().chain(chars).collect()
}
