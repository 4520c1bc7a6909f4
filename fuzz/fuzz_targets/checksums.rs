//! A file of digests that is read is written so that it reads the same; every name is without folders, and every digest has 64 digits.
#![no_main]

use std::{fs, path::PathBuf, sync::LazyLock};

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| TempDir::new().expect("a folder"));

fuzz_target!(|bytes: &[u8]| {
    let path: PathBuf = FOLDER.path().join("SHA256SUMS");
    fs::write(&path, bytes).expect("a file");
    let (listed, written) = match command::sums(&path) {
        Ok(read) => read,
        Err(message) => {
            let name = path.display().to_string();
            assert!(
                message.contains(&name) && !message.contains('\n'),
                "{message:?}"
            );
            return;
        }
    };
    assert!(!listed.is_empty());
    for (name, sha256) in &listed {
        assert!(!name.is_empty() && !name.contains('/'));
        assert!(
            sha256.len() == 64
                && sha256
                    .bytes()
                    .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        );
    }
    fs::write(&path, &written).expect("a file");
    assert_eq!(command::sums(&path), Ok((listed, written)));
});
