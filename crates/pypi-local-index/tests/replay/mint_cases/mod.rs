//! Token exchanges with whole requests, played from the top in one index.
//!
//! The folder `tests/recorded/mint-cases`, or the one named by the variable `MINT_CASES`, contains `scenario.toml`, the initial
//! state, and `cases.jsonl`: a line with the claims of good tokens, then a request and a real Warehouse's response per line.
//! Cases that need an admin flag are played in an index of their own that has it.

mod jwt;
mod value;

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use pypi_local_index::{AdminFlag, Builder, Clock, LocalIndex};
use serde_json::Value;

use self::jwt::Templates;
use crate::client::{Response, send};
use crate::initial_state::NOW;

#[test]
fn every_recorded_exchange_is_answered_as_warehouse_answered_it() {
    let lines = lines();
    let (bases, cases) = lines.split_first().expect("a first line");
    let mut report = Report::default();
    let mut flags: Vec<&Value> = cases.iter().map(|case| &case["needs"]["flag"]).collect();
    flags.dedup();
    for flag in flags {
        let index = start(flag.as_str());
        let mut templates = Templates::new(bases);
        for case in cases.iter().filter(|case| case["needs"]["flag"] == *flag) {
            report.add(&index, &mut templates, case);
        }
    }
    report.check();
}

/// Why a response differs on purpose.
const CRASH: &str =
    "Warehouse crashes, on a claim of an unexpected type or a used id; the index does not";
const LENIENT: &str =
    "Warehouse's JWT reader accepts what is not base64url or JSON; the index does not";
const UNORDERED: &str =
    "which of several missing claims Warehouse names depends on the seed of its hashes";

#[derive(Default)]
struct Report {
    cases: usize,
    exceptions: usize,
    differences: Vec<String>,
}

impl Report {
    fn add(&mut self, index: &LocalIndex, templates: &mut Templates, case: &Value) {
        self.cases += 1;
        let (response, jwt) = play(index, templates, case);
        let Some(difference) = difference(templates, case, &response) else {
            return;
        };
        match exception(case, &response, jwt.as_deref()) {
            Some(reason) => {
                println!("exception {}: {reason}", case["id"]);
                self.exceptions += 1;
            }
            None => self.differences.push(difference),
        }
    }

    fn check(self) {
        let Self {
            cases,
            exceptions,
            differences,
        } = self;
        let count = differences.len();
        println!("{cases} recorded exchanges, {count} differ, {exceptions} exceptions");
        assert!(differences.is_empty(), "{}", differences.join("\n"));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the variable names the folder of the recorded responses"
)]
fn recorded(file: &str) -> String {
    let folder = std::env::var_os("MINT_CASES").map(PathBuf::from);
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/recorded/mint-cases");
    let folder = folder.unwrap_or_else(|| PathBuf::from(own));
    std::fs::read_to_string(folder.join(file)).expect("a recorded file")
}

fn lines() -> Vec<Value> {
    let text = recorded("cases.jsonl");
    let lines = text.lines().filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect()
}

fn start(flag: Option<&str>) -> LocalIndex {
    let builder = Builder::from_scenario(&recorded("scenario.toml")).expect("a scenario");
    let builder = builder.clock(Clock::fixed(NOW));
    let flag = flag.map(|name| match name {
        "disallow-new-project-registration" => AdminFlag::DisallowNewProjectRegistration,
        "disallow-oidc" => AdminFlag::DisallowOidc,
        "read-only" => AdminFlag::ReadOnly,
        _ => panic!("the index has no flag {name}"),
    });
    let builder = flag.into_iter().fold(builder, Builder::admin_flag);
    builder.start().expect("an index")
}

/// Sends the request of the case. Returns its ID token, too.
fn play(index: &LocalIndex, templates: &mut Templates, case: &Value) -> (Response, Option<String>) {
    let request = &case["request"];
    let jwt = case.get("jwt").map(|spec| templates.jwt(spec));
    let body = match request["body_base64"].as_str() {
        Some(body) => STANDARD.decode(body).expect("base64"),
        None => {
            let body = templates.padded(text(&request["body"]));
            body.replace("{JWT}", jwt.as_deref().unwrap_or("{JWT}"))
                .into_bytes()
        }
    };
    let headers = request["headers"].as_object().into_iter().flatten();
    let headers: Vec<(&str, &str)> = headers
        .map(|(name, value)| (name.as_str(), text(value)))
        .collect();
    let line = format!("{} {}", text(&request["method"]), text(&request["path"]));
    (send(index, &line, &headers, &body), jwt)
}

/// The class of difference that the case belongs to, if it is one that the index makes on purpose.
fn exception(case: &Value, response: &Response, jwt: Option<&str>) -> Option<&'static str> {
    if case["answer"]["status"] == 500 && response.status < 500 {
        return Some(CRASH);
    }
    if jwt.is_some_and(|jwt| !is_strict(jwt)) && response.text().contains("malformed JWT") {
        return Some(LENIENT);
    }
    let names_missing = |text: &str| text.contains("(Missing claim '");
    if names_missing(&response.text()) && names_missing(text(&case["answer"]["body"])) {
        return case["unstable"].is_string().then_some(UNORDERED);
    }
    None
}

/// Whether the parts of a JWT are unpadded base64url, and the header and the claims are JSON in UTF-8.
fn is_strict(jwt: &str) -> bool {
    let parts = jwt.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let parts: Vec<Option<Vec<u8>>> = parts.collect();
    let [Some(header), Some(claims), Some(_)] = parts.as_slice() else {
        return false;
    };
    let is_json = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).is_ok();
    is_json(header) && is_json(claims)
}

/// The first difference, if there is one. Of pages for people, and of what is not there, only the status is compared.
fn difference(templates: &Templates, case: &Value, response: &Response) -> Option<String> {
    let answer = &case["answer"];
    let differs = |what: &str, ours: &str, theirs: &str| {
        let id = text(&case["id"]);
        Some(format!(
            "{id}: {what}\n    ours   {ours}\n    theirs {theirs}"
        ))
    };
    let status = format!("{} {}", response.status, response.reason);
    let recorded = format!("{} {}", answer["status"], text(&answer["reason"]));
    if status != recorded {
        let body = response.text();
        return differs("status line", &format!("{status} {body}"), &recorded);
    }
    let content_type = response.header("content-type").unwrap_or_default();
    let recorded_type = text(&answer["content_type"]);
    if recorded_type.starts_with("text/html") || response.status == 404 {
        return None;
    }
    if content_type != recorded_type {
        return differs("content type", content_type, recorded_type);
    }
    let (ours, theirs) = (
        plain(templates, &response.text()),
        plain(templates, text(&answer["body"])),
    );
    if ours == theirs {
        None
    } else {
        differs("body", &ours, &theirs)
    }
}

/// A body without what differs in every response. JSON is in a canonical form.
fn plain(templates: &Templates, body: &str) -> String {
    let body = templates
        .unlabelled(body)
        .replace("{pypi}", "https://pypi.org")
        .replace("NOW+900", &(NOW + 900).to_string());
    let Ok(mut value) = serde_json::from_str::<Value>(&body) else {
        return body;
    };
    if value["token"].is_string() {
        value["token"] = "pypi-TOKEN".into();
    }
    value.to_string()
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}
