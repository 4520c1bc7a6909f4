//! No text makes the parser of file names panic; a parsed name prints as it was, and its parts build it again.
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
    if let Some(tag) = filename.tags().next() {
        let built = Filename::build(filename.name(), filename.version(), Some(&tag));
        let built = built.expect("the tag of a wheel");
        assert_eq!(
            (built.name(), built.version()),
            (filename.name(), filename.version())
        );
    }
});
