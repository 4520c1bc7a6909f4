//! No changed API token is accepted by the local index, except that neither its location nor what follows it is signed, and that a length may be written
//! in more bytes. An input is a position in the bytes of a token, how many to remove, and the bytes to put there; at 255, they replace the token.
#![no_main]

mod warehouse;

use std::{io::Cursor, sync::LazyLock};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use http::Request;
use libfuzzer_sys::fuzz_target;
use pypi_http::{Part, Transport as _};
use pypi_metadata::{Distribution, testing::wheel};
use pypi_upload::{Digests, Form};

/// The index reads the form before it judges the token.
static FORM: LazyLock<Form> = LazyLock::new(|| {
    let wheel = wheel("other", "1.0");
    let read = Distribution::read(&wheel.filename, Cursor::new(&wheel.bytes));
    let digests = Digests::read(&wheel.bytes[..]).expect("digests");
    Form::new(&read.expect("a wheel"), &digests, Part::from(wheel.bytes))
});

fuzz_target!(|input: &[u8]| {
    let [at, removed, with @ ..] = input else {
        return;
    };
    let index = warehouse::index();
    let token = index.token("other").expect("a token").reveal();
    let real = URL_SAFE_NO_PAD
        .decode(&token["pypi-".len()..])
        .expect("base64");
    let mut bytes = real.clone();
    if *at == u8::MAX {
        bytes = with.to_vec();
    } else {
        let at = usize::from(*at).min(bytes.len());
        let end = (at + usize::from(*removed)).min(bytes.len());
        bytes.splice(at..end, with.iter().copied());
    }
    let changed = format!("pypi-{}", URL_SAFE_NO_PAD.encode(&bytes));
    let request = Request::post(index.upload_url().as_str())
        .header("authorization", warehouse::basic(&changed))
        .header("content-type", FORM.content_type())
        .body(FORM.body());
    let reply = index.send(request.expect("a request")).expect("a reply");
    let is_accepted = reply.status() == 200;
    let has = |part: &[u8]| bytes.windows(part.len()).any(|window| window == part);
    // The version, and the location; then the identifier, each after its type and length.
    let identifier = 5 + usize::from(real[2]);
    let is_whole = has(&real[identifier..identifier + 36])
        && has(br#"[1,["other"]]"#)
        && has(&real[real.len() - 32..]);
    assert!(!is_accepted || is_whole, "{bytes:?}");
    assert!(is_accepted || bytes != real, "{}", reply.status());
});
