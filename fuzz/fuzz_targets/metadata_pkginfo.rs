//! Metadata that `python-pkginfo` reads is read by us, with the same name, version and lists, but for what it is documented to drop: blanks and
//! folded lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_metadata::{Field, Metadata};

fuzz_target!(|text: &[u8]| {
    // Folded lines, other blanks than spaces, and bytes that are not UTF-8 are read as Python's `email` reads them, which they do not.
    let is_plain = text.is_ascii()
        && !text
            .iter()
            .any(|byte| matches!(byte, b'\r' | b'\x0b' | b'\x0c' | b'\0' | 0x1c..=0x1f))
        && !text
            .windows(2)
            .any(|pair| pair[0] == b'\n' && matches!(pair[1], b' ' | b'\t'))
        && !text.windows(2).any(|pair| pair == b"=?");
    // To Python, a line that does not begin with a name and a colon ends the headers.
    let mut head = text
        .split(|byte| *byte == b'\n')
        .take_while(|line| !line.is_empty());
    if !is_plain || head.any(|line| !is_header(line)) {
        return;
    }
    let (Ok(theirs), Ok(ours)) = (python_pkginfo::Metadata::parse(text), Metadata::parse(text))
    else {
        return;
    };
    let same = |field: Field, value: Option<&String>| {
        let value = value
            .map(|value| value.trim())
            .filter(|value| !value.is_empty());
        let own = ours
            .get(field)
            .map(str::trim)
            .filter(|value| !value.is_empty());
        // A field that is repeated after an empty one has the later value for us.
        assert!(
            own == value || value.is_none(),
            "{field}: {own:?} {value:?}"
        );
    };
    same(Field::Name, Some(&theirs.name));
    same(Field::Version, Some(&theirs.version));
    same(Field::Summary, theirs.summary.as_ref());
    same(Field::RequiresPython, theirs.requires_python.as_ref());
    same(Field::License, theirs.license.as_ref());
    let same = |field: Field, values: &[String]| {
        let values = values
            .iter()
            .map(|value| value.trim())
            .filter(|value| !value.is_empty());
        let own = ours
            .all(field)
            .map(str::trim)
            .filter(|value| !value.is_empty());
        assert!(own.eq(values), "{field}");
    };
    same(Field::Classifier, &theirs.classifiers);
    same(Field::RequiresDist, &theirs.requires_dist);
    same(Field::ProjectUrl, &theirs.project_urls);
    same(Field::ProvidesExtra, &theirs.provides_extras);
});

fn is_header(line: &[u8]) -> bool {
    let colon = line.iter().position(|byte| *byte == b':');
    colon.is_some_and(|end| end > 0 && line[..end].iter().all(u8::is_ascii_graphic))
}
