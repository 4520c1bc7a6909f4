//! No page makes the reader of listings panic; a hash that is listed compares as the same, and the JSON page of what was read is read the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use pypi_upload::{Listed, Listing};
use serde_json::{Value, json};

fuzz_target!(|page: &[u8]| {
    let Some(listing) = Listing::parse(page) else {
        return;
    };
    let names: Vec<&str> = listing.filenames().collect();
    assert!(names.is_sorted_by(|one, other| one < other));
    assert_eq!(listing.compare("not listed", "00"), Listed::Absent);
    for name in &names {
        if let Some(sha256) = listing.sha256(name) {
            assert_eq!(sha256, sha256.to_ascii_lowercase());
            assert_eq!(listing.compare(name, sha256), Listed::Same);
            let other = format!("{sha256}0");
            assert_eq!(listing.compare(name, &other), Listed::Different(sha256));
        }
        let url = listing.provenance_url(name);
        assert!(url.is_none_or(|url| matches!(url.scheme(), "http" | "https")));
    }
    let again = Listing::parse(written(&listing).to_string().as_bytes()).expect("a page");
    assert!(again.filenames().eq(names.iter().copied()));
    assert_eq!(again.status(), listing.status());
    assert_eq!(again.status_reason(), listing.status_reason());
    for name in names {
        assert_eq!(again.sha256(name), listing.sha256(name));
        assert_eq!(again.size(name), listing.size(name));
        assert_eq!(again.url(name), listing.url(name));
        assert_eq!(again.yanked(name), listing.yanked(name));
    }
});

fn written(listing: &Listing) -> Value {
    let file = |name| {
        json!({
            "filename": name,
            "url": listing.url(name).map(String::from),
            "hashes": {"sha256": listing.sha256(name)},
            "size": listing.size(name),
            "yanked": listing.yanked(name).map_or(json!(false), |reason| json!(reason)),
        })
    };
    let files: Vec<Value> = listing.filenames().map(file).collect();
    let status = json!({"status": listing.status(), "reason": listing.status_reason()});
    json!({"files": files, "project-status": status})
}
