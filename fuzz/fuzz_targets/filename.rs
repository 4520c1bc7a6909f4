//! No text makes the reader of file names panic; what reads prints as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Filename, ProjectName};

fuzz_target!(|text: &str| {
    if let Ok(name) = ProjectName::parse(text) {
        assert_eq!(ProjectName::parse(name.normalized()).as_ref(), Ok(&name));
    }
    let Ok(filename) = Filename::parse(text) else {
        return;
    };
    assert_eq!(filename.as_str(), text);
    assert!(
        filename
            .platform_tags()
            .chain(filename.abi_tags())
            .chain(filename.python_tags())
            .all(|tag| text.contains(tag))
    );
});
