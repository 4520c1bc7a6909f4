//! API tokens as macaroons: what they contain, and what happens to changed ones.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use pypi_local_index::{Clock, LocalIndex, Project, Token, User};
use pypi_metadata::testing::wheel;
use ring::hmac;

use crate::client::{Form, Response, upload};
use crate::trusted::minted;

const NOW: u64 = 1_760_000_000;
const UNKNOWN: &str = "Invalid or non-existent authentication information. See https://pypi.org/help/#invalid-auth for \
    more information.";
const MISMATCH: &str = "Invalid API Token: signatures do not match";

fn start() -> LocalIndex {
    LocalIndex::builder()
        .user(User::new("alice"))
        .user(User::new("bob"))
        .project(Project::new("Demo").member("alice").member("bob"))
        .token("alice", Token::of("alice"))
        .token("bob", Token::of("bob"))
        .token("only", Token::of("alice").only(["Demo", "Other.Project"]))
        .token("revoked", Token::of("alice").revoked())
        .publisher("demo", job().publisher())
        .identity(job())
        .clock(Clock::fixed(NOW))
        .start()
        .expect("an index")
}

fn job() -> pypi_local_index::Identity {
    pypi_local_index::Identity::github("octo-org/demo", "release.yml")
}

fn token(index: &LocalIndex, name: &str) -> String {
    index.token(name).expect("a token").reveal().to_owned()
}

fn bytes(token: &str) -> Vec<u8> {
    let encoded = token.strip_prefix("pypi-").expect("a prefix");
    URL_SAFE_NO_PAD.decode(encoded).expect("base64")
}

fn text(bytes: &[u8]) -> String {
    format!("pypi-{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// The token with one more caveat, which its holder adds without asking the index.
fn attenuated(token: &str, caveat: &[u8]) -> String {
    let mut bytes = bytes(token);
    // The end of the caveats, and the signature: its type, its length and 32 bytes.
    let tail = bytes.split_off(bytes.len() - 35);
    assert_eq!(tail[..3], [0, 6, 32]);
    let key = hmac::Key::new(hmac::HMAC_SHA256, &tail[3..]);
    let length = u8::try_from(caveat.len()).expect("a short caveat");
    assert!(length < 0x80, "a length of one byte");
    bytes.extend([2, length]);
    bytes.extend_from_slice(caveat);
    bytes.extend([0, 0, 6, 32]);
    bytes.extend_from_slice(hmac::sign(&key, caveat).as_ref());
    text(&bytes)
}

/// The token with `old` replaced by a text of the same length.
fn changed(token: &str, old: &str, new: &str) -> String {
    assert_eq!(old.len(), new.len());
    let mut bytes = bytes(token);
    let mut places = bytes.windows(old.len());
    let at = places
        .position(|place| place == old.as_bytes())
        .expect("the text");
    bytes[at..at + old.len()].copy_from_slice(new.as_bytes());
    text(&bytes)
}

fn send(index: &LocalIndex, token: &str) -> Response {
    upload(index, token, &Form::of("demo", &wheel("demo", "1.0")))
}

#[test]
fn tokens_contain_caveats_that_clients_can_read() {
    let index = start();
    let caveats = |token: &str| String::from_utf8_lossy(&bytes(token)).into_owned();
    let own = caveats(&token(&index, "alice"));
    assert!(own.starts_with("\u{2}\u{1}\u{8}pypi.org\u{2}$"), "{own}");
    assert!(own.contains("[3,\""), "the account: {own}");
    let only = caveats(&token(&index, "only"));
    assert!(only.contains(r#"[1,["demo","other-project"]]"#), "{only}");
    let minted = caveats(&minted(&index));
    for caveat in [
        "[4,\"",
        "\",null]",
        "[2,[\"",
        &format!("[0,{},{NOW}]", NOW + 900),
    ] {
        assert!(minted.contains(caveat), "{caveat}: {minted}");
    }
}

#[test]
fn a_changed_token_is_rejected_as_by_pypi() {
    let index = start();
    let own = token(&index, "alice");
    let mut forged = bytes(&own);
    *forged.last_mut().expect("a signature") ^= 1;
    let only = token(&index, "only");
    let cut = &bytes(&own)[..60];
    for (what, token, reason) in [
        ("signature", text(&forged), MISMATCH),
        (
            "caveat",
            changed(&only, "other-project", "third-project"),
            MISMATCH,
        ),
        (
            "caveat",
            changed(&only, "\"demo\"", "\"nemo\""),
            "Invalid API Token: project-scoped token is not valid for project: 'Demo'",
        ),
        ("identifier", changed(&own, "-4", "-5"), UNKNOWN),
        ("revoked", token(&index, "revoked"), UNKNOWN),
        ("prefix", own.replacen("pypi-", "pypa-", 1), UNKNOWN),
        ("cut", text(cut), UNKNOWN),
        (
            "version",
            text(&[&[1], &bytes(&own)[1..]].concat()),
            UNKNOWN,
        ),
    ] {
        let response = send(&index, &token);
        assert_eq!(
            (response.status, response.reason.as_str()),
            (403, reason),
            "{what}"
        );
    }
    // The location is not signed, and what follows the signature is ignored.
    let elsewhere = changed(&own, "pypi.org", "evil.org");
    let longer = text(&[bytes(&own), b"more".to_vec()].concat());
    for token in [elsewhere, longer, format!("{own}\n"), own] {
        assert_eq!(send(&index, &token).status, 200, "{token}");
    }
}

#[test]
fn a_holder_can_restrict_a_token() {
    let index = start();
    let own = token(&index, "alice");
    let bob = token(&index, "bob");
    let place = bytes(&bob);
    let place = String::from_utf8_lossy(&place);
    let (_, id) = place.split_once("[3,\"").expect("a caveat");
    let of_bob = format!("[3,\"{}\"]", id.split_once('"').expect("an id").0);
    for (caveat, reason) in [
        (
            r#"[1,["other"]]"#,
            "project-scoped token is not valid for project: 'Demo'",
        ),
        (
            r#"[2,["other"]]"#,
            "project-scoped token is not valid for project: 'Demo'",
        ),
        ("[0,1760000000,0]", "token is expired"),
        ("[0,1760000009,1760000001]", "token is expired"),
        (
            &of_bob,
            "current user does not match user restriction in token",
        ),
        (
            r#"[4,"x",null]"#,
            "OIDC scoped token used outside of an OIDC identified request",
        ),
        (
            r#"{"version":1,"permissions":{"projects":["x"]}}"#,
            "project-scoped token is not valid for project: 'Demo'",
        ),
        (r#"{"nbf":0,"exp":1}"#, "token is expired"),
        ("{}", "caveat must be an array"),
        ("[]", "caveat array cannot be empty"),
        ("[5]", "caveat has unknown tag: 5"),
        ("[0,1]", "Not enough values"),
        ("[1,[7]]", "invalid values for fields"),
        ("not JSON", "unknown error"),
    ] {
        let response = send(&index, &attenuated(&own, caveat.as_bytes()));
        let reason = format!("Invalid API Token: {reason}");
        assert_eq!(
            (response.status, response.reason),
            (403, reason),
            "{caveat}"
        );
    }
    let both = attenuated(&attenuated(&own, b"[5]"), b"[0,1,0]");
    assert_eq!(
        send(&index, &both).reason,
        "Invalid API Token: caveat has unknown tag: 5, token is expired"
    );
    for caveat in [
        r#"[1,["demo"]]"#,
        "[0,1760000001,1760000000]",
        r#"{"version":1,"permissions":"user"}"#,
    ] {
        let response = send(&index, &attenuated(&own, caveat.as_bytes()));
        assert_eq!(response.status, 200, "{caveat}");
    }
}

#[test]
fn a_minted_token_is_burned_whatever_was_added_to_it() {
    let index = start();
    let minted = minted(&index);
    let burn = |token: &str| {
        let body = serde_json::json!({"token": token}).to_string();
        crate::client::send(&index, "POST /_/oidc/burn-token", &[], body.as_bytes()).status
    };
    let own = token(&index, "alice");
    assert_eq!(burn(&own), 202);
    assert_eq!(burn("pypi-abc"), 202);
    assert_eq!(send(&index, &own).status, 200);
    assert_eq!(burn(&attenuated(&minted, b"[1,[\"x\"]]")), 202);
    assert_eq!(send(&index, &minted).reason, UNKNOWN);
}
