//! Markers of encrypted source code, which PyPI rejects.

use super::findings::ArchiveFindings;
use crate::rules;

/// The largest source file that the index scans, in bytes.
pub(super) const MAX_SOURCE: u64 = 5 * 1024 * 1024;

const PYARMOR: [&[u8]; 5] = [
    b"__pyarmor__(__name__, __file__,",
    b"__pyarmor_enter__",
    b"__pyarmor_exit__",
    b"__pyarmor_assert__",
    b"__pyarmor_bcc__",
];
const SOURCE_DEFENDER: [&[u8]; 2] = [b"---BEGIN PYE FILE---", b"---END PYE FILE---"];

/// Whether the index scans a member of this name.
pub(super) fn is_source(name: &str) -> bool {
    [".py", ".pye"].iter().any(|end| name.ends_with(end))
}

/// The product whose markers are in a source file.
pub(super) fn product(source: &[u8]) -> Option<&'static str> {
    let has = |marker: &&[u8]| memchr::memmem::find(source, marker).is_some();
    if SOURCE_DEFENDER.iter().all(has) {
        Some("SourceDefender")
    } else {
        PYARMOR.iter().any(has).then_some("PyArmor")
    }
}

/// Adds the finding for a member that is encrypted by `product`.
pub(super) fn reject(archive: &mut ArchiveFindings, member: &str, product: &str) {
    let message = format!("{member:?} is encrypted by {product}, which PyPI does not accept");
    let sentence = format!(
        "{product}-encrypted content is not allowed. \
         See https://pypi.org/policy/acceptable-use-policy/ for more information."
    );
    let help = "publish the source code, or use another index";
    archive.reject(&rules::ARCHIVE_ENCRYPTED, message, &sentence, Some(help));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markers_are_found_anywhere() {
        assert_eq!(product(b"x = 1\n__pyarmor_enter__(1)"), Some("PyArmor"));
        assert_eq!(
            product(b"---BEGIN PYE FILE---\n---END PYE FILE---"),
            Some("SourceDefender")
        );
        assert_eq!(product(b"---BEGIN PYE FILE---"), None);
        assert_eq!(product(b"__pyarmor__"), None);
    }
}
