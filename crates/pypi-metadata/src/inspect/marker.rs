//! Marks of encrypted code, which PyPI refuses.

/// The largest source file that the index looks into, in bytes.
pub(super) const MAX_SOURCE: u64 = 5 * 1024 * 1024;

const PYARMOR: [&[u8]; 5] = [
    b"__pyarmor__(__name__, __file__,",
    b"__pyarmor_enter__",
    b"__pyarmor_exit__",
    b"__pyarmor_assert__",
    b"__pyarmor_bcc__",
];
const SOURCE_DEFENDER: [&[u8]; 2] = [b"---BEGIN PYE FILE---", b"---END PYE FILE---"];

/// Whether the index looks into a member of this name.
pub(super) fn is_source(name: &str) -> bool {
    [".py", ".pye"].iter().any(|end| name.ends_with(end))
}

/// The product whose marks a source file has.
pub(super) fn product(source: &[u8]) -> Option<&'static str> {
    let has = |mark: &&[u8]| find(source, mark);
    if SOURCE_DEFENDER.iter().all(has) {
        Some("SourceDefender")
    } else {
        PYARMOR.iter().any(has).then_some("PyArmor")
    }
}

pub(super) fn sentence(product: &str) -> String {
    format!("{product}-encrypted content is not allowed.")
}

fn find(text: &[u8], mark: &[u8]) -> bool {
    memchr::memmem::find(text, mark).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_found_anywhere() {
        assert_eq!(product(b"x = 1\n__pyarmor_enter__(1)"), Some("PyArmor"));
        assert_eq!(
            product(b"---BEGIN PYE FILE---\n---END PYE FILE---"),
            Some("SourceDefender")
        );
        assert_eq!(product(b"---BEGIN PYE FILE---"), None);
        assert_eq!(product(b"__pyarmor__"), None);
    }
}
