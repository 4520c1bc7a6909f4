//! The faults.

use pypi_local_index::{Change, Fault, Route};

pub(crate) struct Row {
    pub(crate) group: &'static str,
    pub(crate) name: &'static str,
    pub(crate) faults: Vec<Fault>,
    /// Whether the index says what is not so, and nothing shows it.
    pub(crate) lies: bool,
    pub(crate) signs: Option<Signs>,
}

/// Whether every file must be signed.
#[derive(Clone, Copy)]
pub(crate) enum Signs {
    BestEffort,
    Required,
}

pub(crate) fn rows() -> Vec<Row> {
    [
        connections(),
        statuses(),
        tokens(),
        signatures(),
        state(),
        pages(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn row(group: &'static str, name: &'static str, faults: impl IntoIterator<Item = Fault>) -> Row {
    Row {
        group,
        name,
        faults: faults.into_iter().collect(),
        lies: false,
        signs: None,
    }
}

fn upload() -> Fault {
    Fault::on(Route::Upload)
}

/// Always this reply, without anything stored.
fn replies(status: u16) -> Fault {
    upload().respond(status, "text/plain", "a reply in place of the index's")
}

fn connections() -> Vec<Row> {
    let row = |name, fault| row("Connections", name, [fault]);
    vec![
        row("none", upload().nth(100).reset_after_body()),
        row(
            "reset before the body, once",
            upload().nth(1).reset_before_body(),
        ),
        row(
            "reset before the body, always",
            upload().reset_before_body(),
        ),
        row(
            "reset after the body, once",
            upload().nth(1).reset_after_body(),
        ),
        row("reset after the body, always", upload().reset_after_body()),
        row("stored, then reset, once", upload().nth(1).lose_response()),
        row("stored, then reset, always", upload().lose_response()),
        row("the body is read slowly", upload().slow_body(30_000)),
        row("the body stalls, once", upload().nth(1).stall_body(100)),
        row("the body stalls, always", upload().stall_body(100)),
        row("the reply is cut, once", upload().nth(1).truncate(0)),
        row(
            "the reply is cut, always",
            upload()
                .respond(200, "text/plain", "OK, stored")
                .after_commit()
                .truncate(3),
        ),
        row(
            "the reply stalls, once",
            upload()
                .nth(1)
                .respond(200, "text/plain", "OK")
                .after_commit()
                .stall_response(1),
        ),
        row(
            "the reply stalls, always",
            upload()
                .respond(200, "text/plain", "OK")
                .after_commit()
                .stall_response(1),
        ),
        row("closed after each reply", upload().close_connection()),
        row("413 before the body is read", replies(413).before_body()),
    ]
}

fn statuses() -> Vec<Row> {
    const GROUP: &str = "Replies to an upload";
    let one = |name, fault: Fault| row(GROUP, name, [fault]);
    let mut rows = vec![
        one("429, once", replies(429).nth(1)),
        one(
            "429 with `Retry-After: 5`, once",
            replies(429).nth(1).header("Retry-After", "5"),
        ),
        one("429, always", replies(429)),
        one(
            "429 with `Retry-After: 86400`",
            replies(429).header("Retry-After", "86400"),
        ),
        one("408, once", replies(408).nth(1)),
        one("500, once", replies(500).nth(1)),
        one("500, always", replies(500)),
        one("503, always", replies(503)),
        one("stored, 502, once", replies(502).nth(1).after_commit()),
        one("stored, 503, always", replies(503).after_commit()),
        one(
            "stored, 504, always, and no page can be read",
            replies(504).after_commit(),
        ),
        one("stored, 204", replies(204).after_commit()),
        one("204, not stored", replies(204)),
        one(
            "202 with `Location`",
            replies(202).header("Location", "/session"),
        ),
        one(
            "301 elsewhere",
            upload().redirect(301, "https://elsewhere.example/legacy/"),
        ),
        one("308 on the same host", upload().redirect(308, "/legacy")),
        one("400", replies(400)),
        one("401", replies(401)),
        one("403", replies(403)),
        one("404", replies(404)),
        one("409, though no file exists", replies(409)),
        Row {
            lies: true,
            ..one(
                "200 with a login page, not stored",
                upload().respond(200, "text/html", "<h1>Log in</h1>"),
            )
        },
    ];
    let unreadable = Fault::on(Route::Simple)
        .from(2)
        .respond(500, "text/plain", "");
    rows[10].faults.push(unreadable);
    for (name, status) in [
        ("stored, 503; then 301", 301),
        ("stored, 503; then 400", 400),
        ("stored, 503; then 401", 401),
        ("stored, 503; then 403", 403),
        ("stored, 503; then 404", 404),
        ("stored, 503; then 413", 413),
    ] {
        let faults = [replies(503).nth(1).after_commit(), replies(status).nth(2)];
        rows.push(row(GROUP, name, faults));
    }
    rows
}

fn tokens() -> Vec<Row> {
    let row = |name, fault| row("Identity and tokens", name, [fault]);
    let html = "<h1>Error</h1>";
    let (audience, runner) = (|| Fault::on(Route::Audience), || Fault::on(Route::Runner));
    let (mint, burn) = (|| Fault::on(Route::Mint), || Fault::on(Route::Burn));
    vec![
        row("no audience: 404", audience().respond(404, "text/plain", "")),
        row("the audience is a page", audience().respond(200, "text/html", html)),
        row("no ID token: 500, once", runner().nth(1).respond(500, "text/plain", "")),
        row("no ID token: 500, always", runner().respond(500, "text/plain", "")),
        row("mint: 422", mint().respond(422, "application/json", r#"{"message":"no","errors":[{"code":"invalid-publisher","description":"no publisher"}]}"#)),
        row("mint: 500, once", mint().nth(1).respond(500, "text/plain", "")),
        row("mint: 503, always", mint().respond(503, "text/plain", "")),
        row("mint: a page", mint().respond(200, "text/html", html)),
        row("mint: no token in the reply", mint().respond(200, "application/json", "{}")),
        row("the minted token is lost, once", mint().nth(1).lose_response()),
        row("the tokens expire before the sdist", upload().nth(2).change(Change::ExpireTokens)),
        row("the tokens expire before each upload", upload().change(Change::ExpireTokens)),
        row("the tokens are revoked before the sdist", upload().nth(2).change(Change::RevokeTokens)),
        row("burn: 404", burn().respond(404, "text/plain", "")),
        row("burn: 500, once", burn().nth(1).respond(500, "text/plain", "")),
        row("burn: 500, always", burn().respond(500, "text/plain", "")),
        row("burn: the reply is lost, once", burn().nth(1).lose_response()),
    ]
}

fn state() -> Vec<Row> {
    let row = |name, change| row("Others", name, [upload().nth(1).change(change)]);
    vec![
        row(
            "a rival stores the wheel with the same bytes",
            Change::RivalSameBytes,
        ),
        row(
            "a rival stores the wheel with other bytes",
            Change::RivalOtherBytes,
        ),
        row(
            "somebody else creates the project",
            Change::ProjectAppears("demo".to_owned()),
        ),
        row("the limit of a file sinks", Change::FileLimit(10)),
    ]
}

fn pages() -> Vec<Row> {
    let row = |name, fault| row("Pages of the simple API", name, [fault]);
    // The first request is the lookup, the second the verification.
    let page = || Fault::on(Route::Simple);
    vec![
        row(
            "lookup: 500, once",
            page().nth(1).respond(500, "text/plain", ""),
        ),
        row("lookup: 500, always", page().respond(500, "text/plain", "")),
        row("lookup: 401", page().respond(401, "text/plain", "")),
        row(
            "lookup: HTML",
            page().respond(200, "text/html", "<h1>Log in</h1>"),
        ),
        row(
            "verification: 500, once",
            page().nth(2).respond(500, "text/plain", ""),
        ),
        row(
            "verification: 500, always",
            page().from(2).respond(500, "text/plain", ""),
        ),
        row(
            "verification: 401",
            page().from(2).respond(401, "text/plain", ""),
        ),
        row("verification: a reset", page().from(2).reset_after_body()),
        row(
            "verification: an old page, twice",
            page().from(2).through(3).stale(),
        ),
        row("verification: an old page, always", page().from(2).stale()),
        row(
            "verification: the sdist is hidden",
            page().from(2).hide("demo-1.0.tar.gz"),
        ),
        row("verification: the page is cut", page().nth(2).truncate(20)),
        row(
            "verification: other bytes",
            page()
                .from(2)
                .respond(200, "application/vnd.pypi.simple.v1+json", other_bytes()),
        ),
        row(
            "verification: a file listed twice",
            page()
                .from(2)
                .respond(200, "application/vnd.pypi.simple.v1+json", twice()),
        ),
    ]
}

fn signatures() -> Vec<Row> {
    let signed = |signs, name, fault| Row {
        signs: Some(signs),
        ..row("Signatures", name, [fault])
    };
    let row = |name, fault| signed(Signs::Required, name, fault);
    let certificate = || Fault::on(Route::Certificate);
    let entry = || Fault::on(Route::LogEntry);
    let busy = |fault: Fault| fault.respond(503, "text/plain", "busy");
    let refused = |fault: Fault| {
        let message = r#"{"code":400,"message":"no"}"#;
        fault.respond(400, "application/json", message)
    };
    vec![
        row("certificate: 503, twice", busy(certificate().through(2))),
        row("certificate: 503, always", busy(certificate())),
        row("certificate: 400", refused(certificate())),
        row(
            "certificate: the reply is lost, once",
            certificate().nth(1).lose_response(),
        ),
        row(
            "certificate: the reply is cut, once",
            certificate().nth(1).truncate(20),
        ),
        row("log: 503, five times", busy(entry().through(5))),
        row("log: 503 from the sdist on", busy(entry().from(2))),
        row(
            "log: recorded, 502, once",
            entry()
                .nth(1)
                .respond(502, "text/plain", "busy")
                .after_commit(),
        ),
        row(
            "log: recorded, then reset, once",
            entry().nth(1).lose_response(),
        ),
        row("log: 400 for the sdist", refused(entry().nth(2))),
        row(
            "log: the reply stalls, once",
            entry().nth(1).stall_response(20),
        ),
        signed(
            Signs::BestEffort,
            "best effort: certificate: 503, always",
            busy(certificate()),
        ),
        signed(
            Signs::BestEffort,
            "best effort: log: 503 from the sdist on",
            busy(entry().from(2)),
        ),
        signed(
            Signs::BestEffort,
            "best effort: log: 400 for the wheel",
            refused(entry().nth(1)),
        ),
    ]
}

fn other_bytes() -> String {
    let hash = "0".repeat(64);
    page_of(&[
        ("demo-1.0-py3-none-any.whl", &hash),
        ("demo-1.0.tar.gz", &hash),
    ])
}

fn twice() -> String {
    let (one, other) = ("1".repeat(64), "2".repeat(64));
    page_of(&[
        ("demo-1.0-py3-none-any.whl", &one),
        ("demo-1.0-py3-none-any.whl", &other),
    ])
}

fn page_of(files: &[(&str, &String)]) -> String {
    let files: Vec<_> = files
        .iter()
        .map(|(name, hash)| serde_json::json!({"filename": name, "url": name, "hashes": {"sha256": hash}}))
        .collect();
    serde_json::json!({"meta": {"api-version": "1.1"}, "name": "demo", "files": files}).to_string()
}
