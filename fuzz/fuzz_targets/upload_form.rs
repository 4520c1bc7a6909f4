//! No fields of an upload make its checks panic; each finding is one line, and the metadata of the form has its fields. An input has fields as
//! `key=value` on lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, UploadForm};

fuzz_target!(|input: &str| {
    let fields: Vec<(&str, &str)> = input
        .lines()
        .filter_map(|line| line.split_once('='))
        .collect();
    let form = UploadForm::new(fields.iter().copied());
    let checks = [
        form.check_fields(),
        form.check_metadata(),
        form.check_filename(),
        form.check_digests(),
        form.check_parts(),
        form.check_new_project(),
        form.check_description(),
    ];
    for finding in checks.iter().flatten() {
        assert!(
            !finding.message().contains('\n') && finding.message().len() < 20_000,
            "{finding:?}"
        );
    }
    let metadata = form.metadata();
    for (field, value) in metadata.fields() {
        let sent = fields.iter().any(|(key, text)| Field::from_form_key(key) == Some(field) && text.contains(value.trim()))
            // The database of Warehouse has no NUL.
            || input.contains('\0');
        assert!(sent, "{field}: {value:?}");
    }
});
