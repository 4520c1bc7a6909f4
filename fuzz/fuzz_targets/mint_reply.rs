//! No reply to a mint makes the exchange or its diagnosis panic; their texts are bounded and have no piece of the ID token.
#![no_main]

mod exchange;

use libfuzzer_sys::fuzz_target;
use pypi_http::{Flow, Step};
use pypi_trusted_publisher::{Claims, Context, Diagnosis};

fuzz_target!(|input: (u8, &[u8])| {
    let (status, body) = input;
    if exchange::leaks(&String::from_utf8_lossy(body)) {
        return;
    }
    let mut flow = exchange::exchange();
    assert!(
        matches!(flow.step(), Ok(Step::Send(_))),
        "the audience is asked for"
    );
    let id_token = exchange::id_token();
    let issued = format!(r#"{{"value":"{id_token}"}}"#);
    assert!(exchange::answer(&mut flow, 200, br#"{"audience":"pypi"}"#).is_none());
    assert!(exchange::answer(&mut flow, 200, issued.as_bytes()).is_none());
    let status = [200, 422, 404, 500][usize::from(status) % 4];
    // An index that echoes the token: the mark stands for it.
    let body = String::from_utf8_lossy(body).replace("{TOKEN}", &id_token);
    let Some(Err(error)) = exchange::answer(&mut flow, status, body.as_bytes()) else {
        return;
    };
    let text = format!("{error} {error:?}");
    assert!(text.len() < 20_000 && !exchange::leaks(&text), "{text}");
    let Some(refusal) = error.refusal() else {
        return;
    };
    let claims = Claims::parse(&id_token).expect("a token");
    let context = Context::new("PyPI").project("demo", Some(true));
    let diagnosis = Diagnosis::new(&refusal.code, &refusal.description, Some(&claims), &context);
    let text = format!("{diagnosis} {diagnosis:?}");
    assert!(text.len() < 40_000 && !exchange::leaks(&text), "{text}");
});
