//! No text makes the readers of requirements, specifiers and license expressions panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, LicenseExpression, Metadata};

fuzz_target!(|text: &str| {
    let fields = [
        Field::RequiresDist,
        Field::ProvidesDist,
        Field::RequiresPython,
        Field::LicenseExpression,
        Field::AuthorEmail,
        Field::ProjectUrl,
    ];
    let metadata = Metadata::from_fields(fields.map(|field| (field, text.to_owned())));
    let _ = metadata.check();
    assert_eq!(
        metadata.requires_dist().count(),
        metadata.all(Field::RequiresDist).count()
    );
    let _ = metadata.requires_python();
    if let Ok(expression) = LicenseExpression::parse(text) {
        let again = LicenseExpression::parse(expression.as_str());
        assert_eq!(
            again.as_ref(),
            Ok(&expression),
            "what is canonical stays so"
        );
    }
});
