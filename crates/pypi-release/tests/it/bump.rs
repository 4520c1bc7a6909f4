//! `bump`.

use crate::command::{pypi_release, text};
use crate::version::{read, write};

const BEFORE: &str = "# x\n[project]\nname = 'demo'\nversion = '1.2.3'  # by hand\n";

#[test]
fn only_the_value_changes() {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), "pyproject.toml", BEFORE);
    let file = folder.path().join("pyproject.toml");
    let bump = |arguments: &[&str]| {
        pypi_release(&[&["bump", "--config", text(&file)], arguments].concat())
    };
    assert_eq!(bump(&["minor", "rc", "--dry-run"]).stdout, "1.3.0rc1\n");
    assert_eq!(read(folder.path(), "pyproject.toml"), BEFORE);

    let json = bump(&["minor", "rc", "--json"]).json();
    assert_eq!(
        (&json["old"], &json["new"]),
        (&"1.2.3".into(), &"1.3.0rc1".into())
    );
    assert_eq!(
        read(folder.path(), "pyproject.toml"),
        BEFORE.replace("1.2.3", "1.3.0rc1")
    );

    let lower = bump(&["alpha"]);
    assert_eq!((lower.exit, lower.stdout.as_str()), (1, ""));
    assert!(
        lower.stderr.contains("is not higher than 1.3.0rc1"),
        "{}",
        lower.stderr
    );
    assert_eq!(bump(&["huge"]).exit, 2);
}

#[test]
fn a_dynamic_version_is_explained() {
    let folder = tempfile::tempdir().expect("a folder");
    write(
        folder.path(),
        "pyproject.toml",
        "[project]\ndynamic = ['version']\n",
    );
    let ran = pypi_release(&["bump", "minor", "--root", text(folder.path())]);
    assert_eq!(ran.exit, 1);
    assert!(
        ran.stderr.contains("tag the commit instead"),
        "{}",
        ran.stderr
    );
}
