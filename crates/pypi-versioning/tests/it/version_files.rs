use std::path::Path;

use pypi_versioning::write_version_file;

#[expect(clippy::disallowed_methods, reason = "a test looks at the files")]
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    names
        .map(|name| name.to_string_lossy().into_owned())
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a test looks at the files")]
fn a_file_is_written_once_and_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("_version.py");
    assert!(write_version_file(&path, "one").expect("written"));
    let first = std::fs::metadata(&path)
        .expect("a file")
        .modified()
        .expect("a time");
    assert!(!write_version_file(&path, "one").expect("left"));
    let second = std::fs::metadata(&path)
        .expect("a file")
        .modified()
        .expect("a time");
    assert_eq!(first, second);
    assert!(write_version_file(&path, "two").expect("written"));
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "two");
    assert_eq!(names(folder.path()), ["_version.py"]);
}

#[test]
fn a_folder_that_is_missing_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let error = write_version_file(&folder.path().join("no/_version.py"), "one");
    assert_eq!(
        error.expect_err("no folder").kind(),
        std::io::ErrorKind::NotFound
    );
    assert_eq!(names(folder.path()), Vec::<String>::new());
}

#[cfg(unix)]
#[test]
#[expect(clippy::disallowed_methods, reason = "a test looks at the files")]
fn links_and_permissions_stay() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().expect("a folder");
    let (path, link) = (folder.path().join("file"), folder.path().join("link"));
    std::fs::write(&path, "one").expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).expect("changed");
    std::os::unix::fs::symlink("file", &link).expect("a link");
    assert!(write_version_file(&link, "two").expect("written"));
    assert_eq!(std::fs::read_to_string(&path).expect("a file"), "two");
    let mode = std::fs::metadata(&path)
        .expect("a file")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    assert!(
        std::fs::symlink_metadata(&link)
            .expect("a link")
            .is_symlink()
    );
}
