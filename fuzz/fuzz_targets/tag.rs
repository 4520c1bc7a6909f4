//! A tag that a filter accepts has its prefix, matches its pattern and names the version; the number of bytes of pattern and name bounds the
//! time of a match. An input is a prefix, a pattern and a name on three lines.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{Tag, TagFilter, Version};

fuzz_target!(|input: &str| {
    let mut lines = input.splitn(3, '\n');
    let mut line = || lines.next().unwrap_or_default();
    let (prefix, glob, name) = (line(), line(), line());
    assert!(TagFilter::glob_matches("*", name));
    assert!(TagFilter::glob_matches(name, name));
    let matches = TagFilter::glob_matches(glob, name);
    assert_eq!(matches, naive(glob, name), "{glob:?} {name:?}");
    let filter = TagFilter::new().prefix(prefix);
    for dot_required in [false, true] {
        let filter = filter.clone().dot_required(dot_required);
        let plain = filter.parse_tag(name);
        if let Some(tag) = &plain {
            assert_eq!(tag.name, name);
            assert!(!dot_required || name.contains('.'));
            assert_eq!(
                Version::parse(name.strip_prefix(prefix).expect("the prefix")).as_ref(),
                Ok(&tag.version)
            );
        }
        let patterned = filter.glob(glob).parse_tag(name);
        assert_eq!(patterned, plain.filter(|_| matches));
    }
    assert_eq!(Tag::parse(name, prefix), filter.parse_tag(name));
});

/// What can be matched after each character, without any shortcut.
fn naive(glob: &str, text: &str) -> bool {
    let glob: Vec<char> = glob.chars().collect();
    let mut reached = vec![false; glob.len() + 1];
    reached[0] = true;
    let skip_stars = |reached: &mut Vec<bool>| {
        for (at, c) in glob.iter().enumerate() {
            if *c == '*' && reached[at] {
                reached[at + 1] = true;
            }
        }
    };
    skip_stars(&mut reached);
    for c in text.chars() {
        let mut next = vec![false; glob.len() + 1];
        for (at, wanted) in glob.iter().enumerate() {
            match wanted {
                '*' if reached[at] => next[at] = true,
                '?' if reached[at] => next[at + 1] = true,
                _ if reached[at] && *wanted == c => next[at + 1] = true,
                _ => {}
            }
        }
        reached = next;
        skip_stars(&mut reached);
    }
    reached[glob.len()]
}
