//! The server and its handle.

use std::io::{Read as _, Write as _};

use pypi_local_index::{ErrorKind, LocalIndex, RecordedValue};
use pypi_metadata::testing::wheel;

use crate::client::{Form, connect, get, multipart, send, upload};
use crate::trusted::mint;

#[test]
fn dropping_the_handle_stops_the_server_and_its_connections() {
    let index = LocalIndex::start().expect("an index");
    let mut open = connect(&index).expect("a connection");
    open.write_all(b"GET /simple/ HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n")
        .expect("a request");
    let mut first = [0; 1];
    open.read_exact(&mut first).expect("a response");
    let address = open.peer_addr().expect("an address");
    drop(index);

    open.read_to_end(&mut Vec::new())
        .expect("the end of the connection");
    #[expect(clippy::disallowed_methods, reason = "the tests are the client")]
    let after = std::net::TcpStream::connect(address);
    assert_eq!(
        after.expect_err("nothing listens").kind(),
        std::io::ErrorKind::ConnectionRefused
    );
}

#[test]
fn requests_are_recorded_in_order_with_their_forms() {
    let index = LocalIndex::start().expect("an index");
    let file = wheel("demo", "1.0");
    let form = Form::of("demo", &file);
    upload(&index, index.user_token().reveal(), &form);
    get(&index, "/simple/demo/?x=1", &[]);

    let requests = index.requests();
    let [upload, page] = requests.as_slice() else {
        panic!("two requests: {requests:?}")
    };
    assert_eq!(
        (upload.method.as_str(), upload.path.as_str(), upload.status),
        ("POST", "/legacy/", 200)
    );
    let names: Vec<&str> = upload
        .fields
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names.first().zip(names.last()),
        Some((&":action", &"content"))
    );
    assert_eq!(names.len(), form.fields.len() + 1);
    let Some((_, RecordedValue::File { filename, size, .. })) = upload.fields.last() else {
        panic!("the last is the file");
    };
    assert_eq!((filename, *size), (&file.filename, file.bytes.len() as u64));
    assert_eq!(
        (page.path.as_str(), page.status),
        ("/simple/demo/?x=1", 200)
    );
}

#[test]
fn credentials_are_not_printed() {
    let index = LocalIndex::start().expect("an index");
    let user = index.user_token().reveal().to_owned();
    upload(&index, &user, &Form::of("demo", &wheel("demo", "1.0")));
    let bearer = format!("Bearer {user}");
    send(
        &index,
        "POST /legacy/",
        &[("authorization", &bearer), ("content-type", &multipart())],
        b"",
    );
    let job = pypi_local_index::Identity::github("octo-org/demo", "release.yml");
    let id_token = index.id_token(&job, "pypi").expect("an ID token");
    let minted = mint(&index, id_token.reveal()).json()["token"]
        .as_str()
        .expect("a token")
        .to_owned();
    let request_token = index
        .environment()
        .into_iter()
        .find(|(name, _)| name.ends_with("REQUEST_TOKEN"));
    let (_, request_token) = request_token.expect("a request token");
    get(
        &index,
        "/runner/github/token",
        &[("authorization", &format!("bearer {request_token}"))],
    );

    let printed = format!("{index:?} {:?}", index.requests());
    assert!(
        printed.contains("Basic [redacted]") && printed.contains("Bearer [redacted]"),
        "{printed}"
    );
    for secret in [
        &user,
        id_token.reveal(),
        &minted,
        &request_token,
        &crate::client::basic(&user)[6..],
    ] {
        assert!(!printed.contains(secret));
    }
}

#[test]
fn bodies_have_limits() {
    let index = LocalIndex::start().expect("an index");
    assert_eq!(
        send(&index, "POST /_/oidc/mint-token", &[], &[b' '; 64 * 1024]).status,
        422
    );
    for (content_type, status) in [
        (multipart().as_str(), 405),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=b; charset=latin-1", 500),
    ] {
        let headers = [("content-type", content_type)];
        let cut = send(&index, "POST /legacy/", &headers, b"--0123456789abcdef\r\n");
        assert_eq!(cut.status, status, "{content_type}");
    }
    let mut many = Form::of("demo", &wheel("demo", "1.0"));
    many.fields
        .extend((0..10_000).map(|_| ("classifiers".to_owned(), String::new())));
    assert_eq!(upload(&index, "", &many).status, 413);
}

#[test]
fn a_project_name_is_checked() {
    let error = LocalIndex::builder()
        .project("no name")
        .start()
        .expect_err("a space");
    assert_eq!(error.kind(), ErrorKind::Name);
    assert_eq!(error.to_string(), "\"no name\" is not a valid project name");
}
