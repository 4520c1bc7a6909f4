//! The form that we send, with metadata of any text, is read by the local index as it was meant: the same fields in the same order, and the file.
#![no_main]

mod warehouse;

use std::io::Cursor;

use libfuzzer_sys::fuzz_target;
use pypi_http::{Part, Transport as _};
use pypi_local_index::RecordedValue;
use pypi_metadata::{Distribution, testing::wheel_with};
use pypi_upload::{Digests, Form};

fuzz_target!(|metadata: &str| {
    let wheel = wheel_with("demo", "1.0", metadata);
    let Ok(distribution) = Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes)) else {
        return;
    };
    let digests = Digests::read(&wheel.bytes[..]).expect("digests");
    let form = Form::new(&distribution, &digests, Part::from(wheel.bytes.clone()));
    let index = warehouse::index();
    let request = http::Request::post(index.upload_url().as_str())
        .header("content-type", form.content_type())
        .header(
            "authorization",
            warehouse::basic(index.user_token().reveal()),
        )
        .body(form.body());
    let reply = index.send(request.expect("a request")).expect("a reply");
    let requests = index.requests();
    let recorded = requests.last().expect("the request");
    let sent = form.fields();
    if sent.iter().any(|(_, value)| value.len() > 1024 * 1024) {
        return;
    }
    let (read, file) = recorded.fields.split_at(sent.len());
    for ((name, value), (read_name, read)) in sent.iter().zip(read) {
        // The database of Warehouse has no NUL.
        let value = value.replace('\0', "\\x00");
        assert_eq!(
            (read_name.as_str(), read),
            (*name, &RecordedValue::Text(value))
        );
    }
    let [
        (
            name,
            RecordedValue::File {
                filename,
                size,
                sha256,
                ..
            },
        ),
    ] = file
    else {
        panic!("{file:?} {}", reply.status());
    };
    assert_eq!(
        (name.as_str(), filename.as_str()),
        ("content", form.filename())
    );
    assert_eq!((*size, sha256.as_str()), (form.size(), form.sha256()));
});
