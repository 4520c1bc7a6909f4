//! What these tests send, and to which index.

use std::io::Cursor;

use pypi_http::{Part, Secret};
use pypi_metadata::{Distribution, testing};
use pypi_upload::{Credentials, Digests, Form, Index};

pub(crate) const TOKEN: &str = "pypi-AgEIcHlwaS5vcmc";
pub(crate) const WHEEL: &str = "demo-1.0-py3-none-any.whl";

pub(crate) fn index() -> Index {
    let index = Index::custom("http://127.0.0.1:1/legacy/").expect("a URL");
    index
        .simple_api("http://127.0.0.1:1/simple/")
        .expect("a URL")
}

pub(crate) fn credentials() -> Credentials {
    Credentials::token(&Secret::new(TOKEN))
}

/// The form of a wheel.
pub(crate) fn wheel() -> Form {
    let wheel = testing::wheel("demo", "1.0");
    let distribution =
        Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes)).expect("a wheel");
    let digests = Digests::read(&wheel.bytes[..]).expect("memory reads");
    Form::new(&distribution, &digests, Part::from(wheel.bytes))
}

/// A page of the simple API that lists these files.
pub(crate) fn page(files: &[(&str, &str)]) -> String {
    let files: Vec<String> = files
        .iter()
        .map(|(name, sha256)| {
            format!(r#"{{"filename":"{name}","hashes":{{"sha256":"{sha256}"}}}}"#)
        })
        .collect();
    format!(r#"{{"files":[{}]}}"#, files.join(","))
}
