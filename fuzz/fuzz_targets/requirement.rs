//! No text makes the parsers of requirements, specifiers and license expressions panic, or affects the requirements after it;
//! a printed requirement parses the same, and a normal form is its own normal form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, LicenseExpression, Metadata, Requirement};

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
    let _ = metadata.requires_python();
    if let Ok(requirement) = Requirement::parse(text) {
        let printed = requirement.to_string();
        assert_eq!(Requirement::parse(&printed), Ok(requirement.clone()));
        if let Some(normal) = requirement
            .normalized_marker()
            .filter(|normal| !normal.is_empty())
        {
            let again =
                Requirement::parse(&format!("x; {normal}")).expect("a normal form is a marker");
            assert_eq!(again.normalized_marker(), Some(normal));
        }
    }
    let ordinary = Requirement::parse("a>=1; os_name == 'nt'").expect("a requirement");
    assert_eq!(
        ordinary.normalized_marker().as_deref(),
        Some("os_name == 'nt'")
    );
    if let Ok(expression) = LicenseExpression::parse(text) {
        let again = LicenseExpression::parse(expression.as_str());
        assert_eq!(again.as_ref(), Ok(&expression), "the spelling is canonical");
    }
});
