//! No exchange that the local index is sent makes it panic or mints a token, except that of the ID token of its job; a refusal is JSON as Warehouse
//! sends it. An input is the body, in which `{ID_TOKEN}` stands for the ID token, and `{JWT:header:payload}` for one with these parts.
#![no_main]

mod warehouse;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use libfuzzer_sys::fuzz_target;
use pypi_local_index::Identity;
use serde_json::Value;

fuzz_target!(|input: &str| {
    let index = warehouse::index();
    let job = Identity::github("octo-org/demo", "release.yml");
    let id_token = index.id_token(job, "pypi").expect("a job");
    let (_, signature) = id_token.reveal().rsplit_once('.').expect("a JWT");
    let mut body = input.replace("{ID_TOKEN}", id_token.reveal());
    if let Some((before, after)) = input.split_once("{JWT:")
        && let Some((parts, after)) = after.split_once(":}")
        && let Some((header, payload)) = parts.split_once(':')
    {
        let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
        let jwt = format!("{}.{}.{signature}", encode(header), encode(payload));
        body = format!("{before}{jwt}{after}");
    }
    let reply = warehouse::post(index, "_/oidc/mint-token", body.as_bytes());
    let json: Value = serde_json::from_slice(reply.body()).expect("JSON");
    match reply.status().as_u16() {
        200 => {
            let sent: Value = serde_json::from_str(&body).expect("JSON");
            assert_eq!(sent["token"].as_str(), Some(id_token.reveal()), "{body}");
            assert!(
                json["token"]
                    .as_str()
                    .is_some_and(|token| token.starts_with("pypi-"))
            );
        }
        422 => {
            let errors = json["errors"].as_array().expect("errors");
            assert!(!errors.is_empty() && errors.iter().all(|error| error["code"].is_string()));
        }
        status => panic!("{status} {json}"),
    }
    let burnt = warehouse::post(index, "_/oidc/burn-token", body.as_bytes());
    assert_eq!(burnt.status(), 202);
});
