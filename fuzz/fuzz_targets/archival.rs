//! No `.git_archival.txt` or `PKG-INFO` makes its reader panic; the version made of what was read is not lower than its tag, and errors are one line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_versioning::{
    LocalScheme, Scheme, Settings, TagFilter, Timestamp, describe, git_archival_facts,
    pkg_info_version,
};

fuzz_target!(|text: &str| {
    if let Err(error) = pkg_info_version(text) {
        assert!(!error.to_string().contains('\n'), "{error}");
    }
    let facts = match git_archival_facts(text, &TagFilter::new()) {
        Ok(facts) => facts,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
    };
    let time = Timestamp::from_unix_seconds(1_760_000_000).expect("a time");
    for scheme in Scheme::ALL {
        for local in LocalScheme::ALL {
            let settings = Settings::new()
                .scheme(*scheme)
                .local_scheme(*local)
                .time(time);
            let described = match describe(facts.clone(), &settings) {
                Ok(described) => described,
                Err(error) => {
                    assert!(!error.to_string().contains('\n'), "{error}");
                    continue;
                }
            };
            assert!(!described.public().has_local());
            assert_eq!(described.full().public(), described.public().clone());
            if let Some(tag) = &facts.tag {
                assert!(
                    *described.public() >= tag.version.public(),
                    "{scheme:?} {described:?}"
                );
            }
        }
    }
});
