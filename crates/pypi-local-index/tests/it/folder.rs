//! An index that stores its state in a folder.
#![cfg(feature = "persistent")]

use pypi_local_index::{
    Clock, ErrorKind, Identity, LocalIndex, Project, Token, TrustedPublisher, User, Verification,
};
use pypi_metadata::testing::{sdist, wheel};
use serde_json::json;

use crate::attestations::{PUBLISH, attestation, form, token};
use crate::client::{Form, get, upload};
use crate::trusted::mint;

fn open(folder: &std::path::Path) -> LocalIndex {
    LocalIndex::builder()
        .user(User::new("alice"))
        .token("alice", Token::of("alice"))
        .project(Project::new("demo").member("alice"))
        .publisher(
            "demo",
            TrustedPublisher::github("octo-org/demo", "release.yml"),
        )
        .clock(Clock::fixed(1_760_000_000))
        .folder(folder)
        .start()
        .expect("an index")
}

#[test]
fn an_index_resumes_from_its_folder() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    let own = index.user_token().reveal().to_owned();
    let alice = index.token("alice").expect("a token").reveal().to_owned();
    let id_token = index.id_token(Identity::github("octo-org/demo", "release.yml"), "pypi");
    let id_token = id_token.expect("an ID token").reveal().to_owned();
    let minted = mint(&index, &id_token).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    for (token, file) in [
        (&minted, wheel("demo", "1.0")),
        (&alice, sdist("demo", "1.0")),
    ] {
        assert_eq!(upload(&index, token, &Form::of("demo", &file)).status, 200);
    }
    let second = wheel("demo", "2.0");
    index
        .add_file(&second.filename, second.bytes)
        .expect("a file");
    assert!(index.delete_file("demo-2.0-py3-none-any.whl"));
    assert!(index.yank("demo", "1.0", Some("why not")));
    let (files, page) = (
        index.files(),
        get(&index, "/pypi/demo/1.0/json", &[]).json(),
    );
    drop(index);

    let index = open(folder.path());
    assert_eq!(index.user_token().reveal(), own);
    assert_eq!(index.files(), files);
    let again = get(&index, "/pypi/demo/1.0/json", &[]).json();
    assert_eq!(again["last_serial"], page["last_serial"]);
    for key in ["version", "requires_python", "yanked_reason"] {
        assert_eq!(again["info"][key], page["info"][key], "{key}");
    }
    assert_eq!(
        index.file("demo-1.0-py3-none-any.whl"),
        Some(wheel("demo", "1.0").bytes)
    );
    // Tokens, used ids and the names of deleted files are restored too.
    assert_eq!(
        mint(&index, &id_token).json()["errors"][0]["code"],
        "invalid-reuse-token"
    );
    for (token, status) in [(&minted, 200), (&alice, 200)] {
        assert_eq!(
            upload(&index, token, &Form::of("demo", &wheel("demo", "1.0"))).status,
            status
        );
    }
    let mut deleted = Form::of("demo", &wheel("demo", "2.0"));
    deleted
        .fields
        .iter_mut()
        .filter(|(name, _)| name == "version")
        .for_each(|(_, value)| *value = "2.0".to_owned());
    let refused = upload(&index, &own, &deleted).reason;
    assert!(
        refused.starts_with("This filename was previously used"),
        "{refused}"
    );
}

#[test]
fn a_resumed_index_has_the_verification_of_its_builder() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    let index = LocalIndex::builder()
        .verification(Verification::reject_all())
        .folder(folder.path())
        .start()
        .expect("an index");
    let file = wheel("demo", "1.0");
    let job = Identity::github("octo-org/demo", "release.yml");
    let attestations = json!([attestation(&file.filename, &file.bytes, PUBLISH)]);
    let rejected = upload(&index, &token(&index, job), &form(&file, &attestations)).reason;
    assert!(
        rejected.ends_with("Verification failed: this index rejects every signature"),
        "{rejected}"
    );
}

#[test]
fn tokens_of_folders_from_before_macaroons_are_unknown() {
    let folder = tempfile::tempdir().expect("a folder");
    drop(open(folder.path()));
    let database = rusqlite::Connection::open(folder.path().join("index.sqlite3"));
    let old = r#"
        DELETE FROM entry WHERE kind = 'token';
        INSERT INTO entry VALUES ('token', 'pypi-old', '{"User":{"name":null,"projects":null,"expires":null}}');
        INSERT INTO entry VALUES ('token', 'pypi-alice', '{"User":{"name":"alice","projects":null,"expires":null}}');
    "#;
    database
        .expect("a database")
        .execute_batch(old)
        .expect("rows");
    let index = open(folder.path());
    let form = Form::of("demo", &wheel("demo", "1.0"));
    for token in ["pypi-old", "pypi-alice"] {
        assert_eq!(upload(&index, token, &form).status, 403, "{token}");
    }
    let own = index.user_token().reveal().to_owned();
    assert_eq!(upload(&index, &own, &form).status, 200);
    drop(index);
    assert_eq!(open(folder.path()).user_token().reveal(), own);
}

#[test]
fn a_folder_has_one_index_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = open(folder.path());
    let second = LocalIndex::builder().folder(folder.path()).start();
    assert_eq!(second.expect_err("in use").kind(), ErrorKind::Folder);
}

#[test]
fn a_stored_file_that_was_changed_is_not_served() {
    let folder = tempfile::tempdir().expect("a folder");
    let index = open(folder.path());
    let file = wheel("demo", "1.0");
    let token = index.token("alice").expect("a token").reveal();
    assert_eq!(upload(&index, token, &Form::of("demo", &file)).status, 200);
    let stored = index.files().remove(0);
    let path = folder.path().join("files").join(&stored.sha256);
    let page = get(&index, "/pypi/demo/json", &[]).json();
    let url = page["urls"][0]["url"].as_str().expect("a URL").to_owned();
    let url = url.strip_prefix(index.url().as_str()).expect("a path");
    let of_file = format!("/{url}");
    let of_metadata = format!("/{url}.metadata");

    let mut other = file.bytes.clone();
    *other.last_mut().expect("a byte") ^= 1;
    #[expect(clippy::disallowed_methods, reason = "the test changes the file")]
    let write = |bytes: &[u8]| std::fs::write(&path, bytes).expect("written");
    for damaged in [&other[..], &file.bytes[..10], b""] {
        write(damaged);
        for (path, headers) in [
            (&of_file, [].as_slice()),
            (&of_file, [("range", "bytes=0-1")].as_slice()),
            (&of_metadata, [].as_slice()),
        ] {
            assert_eq!(get(&index, path, headers).status, 500, "{path}");
            let requests = index.requests();
            let logged = requests.last().expect("a request");
            assert_eq!(logged.rule, Some("storage"));
            let reason = format!(
                "the stored file {} was uploaded with {} bytes and the SHA-256 {}: it has {} bytes",
                file.filename,
                file.bytes.len(),
                stored.sha256,
                damaged.len(),
            );
            assert!(logged.message.starts_with(&reason), "{}", logged.message);
        }
        assert_eq!(index.file(&file.filename), None);
    }
    write(&file.bytes);
    assert_eq!(get(&index, &of_file, &[]).body, file.bytes);
    std::fs::remove_file(&path).expect("removed");
    assert_eq!(get(&index, &of_file, &[]).status, 500);
}

#[test]
#[cfg(unix)]
#[expect(clippy::disallowed_methods, reason = "the test reads the modes")]
fn the_database_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = tempfile::tempdir().expect("a folder");
    let folder = parent.path().join("a").join("index");
    let mode = |name: &str| {
        let found = std::fs::metadata(folder.join(name)).expect("metadata");
        found.permissions().mode() & 0o777
    };
    drop(open(&folder));
    let database = folder.join("index.sqlite3");
    let readable = std::fs::Permissions::from_mode(0o644);
    std::fs::set_permissions(database, readable).expect("a mode");
    let _index = open(&folder);
    assert_eq!((mode(""), mode("files")), (0o700, 0o700));
    assert_eq!(
        (mode("index.sqlite3"), mode("index.sqlite3-wal")),
        (0o600, 0o600)
    );
}
