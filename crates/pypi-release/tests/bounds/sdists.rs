//! Sdists with many members.

use std::path::Path;

use crate::{
    Arguments,
    archive::{METADATA, check_tar},
};

pub(crate) fn long_names(folder: &Path) -> Arguments {
    let tail = "a".repeat(230);
    names(
        folder,
        (0..99_000).map(|number| format!("{number:06}{tail}")),
    )
}

pub(crate) fn very_long_names(folder: &Path) -> Arguments {
    let tail = "a".repeat(1_000_000);
    names(folder, (0..300).map(|number| format!("{number:06}{tail}")))
}

pub(crate) fn long_targets(folder: &Path) -> Arguments {
    check_tar(folder, |archive| {
        add(archive, "demo-1.0/PKG-INFO", METADATA.as_bytes());
        for number in 0..50_000 {
            let mut header = tar::Header::new_gnu();
            header.set_entry_type(tar::EntryType::Symlink);
            header.set_size(0);
            let (name, target) = (format!("demo-1.0/{number}"), "../".repeat(300));
            archive
                .append_link(&mut header, name, target)
                .expect("a link");
        }
    })
}

fn names(folder: &Path, names: impl Iterator<Item = String>) -> Arguments {
    check_tar(folder, |archive| {
        add(archive, "demo-1.0/PKG-INFO", METADATA.as_bytes());
        for name in names {
            add(archive, &format!("demo-1.0/{name}"), b"");
        }
    })
}

fn add(archive: &mut tar::Builder<impl std::io::Write>, name: &str, bytes: &[u8]) {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    archive
        .append_data(&mut header, name, bytes)
        .expect("a member");
}
