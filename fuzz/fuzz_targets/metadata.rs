//! No text makes the metadata parser or its checks panic; values are within the text, every finding is one line, and what is written is parsed the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, Metadata};

fuzz_target!(|text: &[u8]| {
    let Ok(metadata) = Metadata::parse(text) else {
        return;
    };
    for (field, value) in metadata.fields() {
        assert!(!value.is_empty(), "{field} has a value if it is set");
        assert!(
            value.len() <= text.len(),
            "{field} is at most as long as the text"
        );
    }
    for finding in metadata.check() {
        assert!(!finding.message().contains('\n'), "{finding:?}");
    }
    let required = [Field::MetadataVersion, Field::Name, Field::Version];
    if required
        .into_iter()
        .all(|field| metadata.get(field).is_some())
        // A carriage return at the end of a value is part of the line end once it is written.
        && !text.contains(&b'\r')
    {
        let written = metadata.to_text();
        assert_eq!(
            Metadata::parse(written.as_bytes()).as_ref().ok(),
            Some(&metadata),
            "{written:?}"
        );
    }
    let fields = metadata
        .fields()
        .map(|(field, value)| (field, value.to_owned()));
    let again = Metadata::from_fields(fields);
    assert!(
        Field::ALL
            .into_iter()
            .all(|field| again.all(field).eq(metadata.all(field)))
    );
});
