//! What an index's reply to an upload means.

use http::{StatusCode, header};
use pypi_http::{Redactor, Reply};
use serde_json::Value;

use crate::{Profile, Refusal, RefusalKind, html, profile::Taken};

/// The meaning of one reply.
#[derive(Debug, Eq, PartialEq)]
pub(crate) enum Verdict {
    Accepted,
    /// The server may have stored the file.
    Doubtful,
    /// Rejected, because the index has a file of this name.
    Exists(Refusal),
    /// Accepted without a change: the index has the same bytes.
    Identical,
    /// The server did not look at the file: too many requests, or too slow.
    NotStored,
    Refused(Refusal),
    /// Accepted for later, to be completed at this URL.
    Staged(String),
}

/// A reply's meaning to an index of this kind, and the index's sentence.
pub(crate) fn classify(reply: &Reply, redactor: &Redactor, profile: &Profile) -> (Verdict, String) {
    let status = reply.status();
    let body = lower_case(reply);
    let (taken, text) = profile.taken(status, &body).unzip();
    let message = message(reply, redactor, text.unwrap_or_default());
    let refusal = || Refusal {
        kind: kind(status, &message, taken),
        status: Some(status.as_u16()),
        message: message.clone(),
    };
    let verdict = match status.as_u16() {
        202 if reply.headers().contains_key(header::LOCATION) => {
            let location = reply.header(&header::LOCATION).unwrap_or_default();
            Verdict::Staged(redactor.redact(location))
        }
        code if profile.success.contains(&code) => match profile.identical {
            Some(text) if body.contains(text) => Verdict::Identical,
            _ => Verdict::Accepted,
        },
        408 | 425 | 429 => Verdict::NotStored,
        300..=499 if taken == Some(Taken::Exists) => Verdict::Exists(refusal()),
        300..=499 => Verdict::Refused(refusal()),
        _ => Verdict::Doubtful,
    };
    (verdict, message)
}

fn kind(status: StatusCode, message: &str, taken: Option<Taken>) -> RefusalKind {
    match (taken, status) {
        (Some(Taken::Deleted | Taken::Exists), _) => RefusalKind::FileExists,
        (Some(Taken::Reserved), _) => RefusalKind::NameReserved,
        (_, StatusCode::FORBIDDEN) if message.contains("token is expired") => {
            RefusalKind::TokenExpired
        }
        (_, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) => RefusalKind::Authentication,
        (_, StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::GONE) => {
            RefusalKind::WrongUrl
        }
        _ if status.is_redirection() => RefusalKind::WrongUrl,
        _ if message.starts_with("Non-user identities cannot create new projects") => {
            RefusalKind::ProjectMissing
        }
        _ => RefusalKind::Invalid,
    }
}

/// The beginning of the body in lower case.
fn lower_case(reply: &Reply) -> String {
    let body = reply.body();
    let start = body.get(..MAX_SCANNED).unwrap_or(body);
    String::from_utf8_lossy(start).to_lowercase()
}

/// The index's sentence, on one line of at most [`MAX_TEXT`] characters, without secrets; that with `text` if a page has it.
///
/// PyPI puts it in the member `code` of its JSON, after the status. Other indexes reply with other JSON, plain text or HTML.
fn message(reply: &Reply, redactor: &Redactor, text: &str) -> String {
    let body = String::from_utf8_lossy(reply.body());
    let json = (body.len() <= MAX_JSON).then(|| serde_json::from_str(&body).ok());
    let from_json = json.flatten().and_then(|json: Value| {
        [
            "/code",
            "/message",
            "/detail",
            "/error",
            "/errors/0/message",
        ]
        .into_iter()
        .find_map(|pointer| {
            json.pointer(pointer)
                .and_then(Value::as_str)
                .map(|text| redactor.redact(text))
                .filter(|text| !text.trim().is_empty())
        })
    });
    // Redacted before tags are removed and the text is shortened: either could hide a piece of a secret.
    let line = from_json.unwrap_or_else(|| first_line(&redactor.redact(&body), text));
    let prefix = format!("{} ", reply.status().as_u16());
    let line = line.strip_prefix(&prefix).unwrap_or(&line).trim();
    if line.is_empty() {
        return reply
            .status()
            .canonical_reason()
            .unwrap_or("no reason given")
            .to_owned();
    }
    line.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(MAX_TEXT)
        .collect()
}

/// The most characters of a server's sentence that are kept.
const MAX_TEXT: usize = 500;

/// The longest body that is read as JSON, in bytes: as values it can need a hundred times as much.
const MAX_JSON: usize = 128 * 1024;

/// The first line with `wanted`, or else the first that is not blank, of a body that may be HTML.
fn first_line(body: &str, wanted: &str) -> String {
    let mut text = String::new();
    let mut in_tag = false;
    for character in body.chars().take(MAX_SCANNED) {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                text.push('\n');
            }
            _ if !in_tag => text.push(character),
            _ => {}
        }
    }
    let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
    let has_text = |line: &&str| line.to_lowercase().contains(wanted);
    let line = lines().find(has_text).or_else(|| lines().next());
    html::unescaped(line.unwrap_or_default()).into_owned()
}

/// How much of a body is searched for its first line, and for what it says about a name.
const MAX_SCANNED: usize = 16 * 1024;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::OTHER;
    use http::HeaderMap;

    #[track_caller]
    fn refused(status: u16, body: &str, kind: RefusalKind, text: &str) {
        let status = StatusCode::from_u16(status).expect("a status code");
        let reply = Reply::new(status, HeaderMap::new(), body.as_bytes().to_vec());
        let expected = Refusal {
            kind,
            status: Some(status.as_u16()),
            message: text.to_owned(),
        };
        let (verdict, _) = classify(&reply, &Redactor::default(), &OTHER);
        match verdict {
            Verdict::Exists(refusal) | Verdict::Refused(refusal) => assert_eq!(refusal, expected),
            verdict => panic!("expected a refusal: {verdict:?}"),
        }
    }

    #[test]
    fn the_sentence_of_pypi_comes_from_its_json() {
        refused(
            400,
            r#"{"message": "The server could not comply.\n\n\nx\n\n", "code": "400 The use of local versions in '1.0+a' is not allowed.", "title": "Bad Request"}"#,
            RefusalKind::Invalid,
            "The use of local versions in '1.0+a' is not allowed.",
        );
        refused(
            403,
            r#"{"message": "Access was denied to this resource.\n\n\n\n\n", "code": "403 Invalid or non-existent authentication information.", "title": "Forbidden"}"#,
            RefusalKind::Authentication,
            "Invalid or non-existent authentication information.",
        );
    }

    #[test]
    fn an_existing_file_is_distinguished_from_other_refusals() {
        refused(
            400,
            r#"{"code": "400 File already exists ('a-1.0.tar.gz', with blake2_256 hash 'ab')."}"#,
            RefusalKind::FileExists,
            "File already exists ('a-1.0.tar.gz', with blake2_256 hash 'ab').",
        );
        refused(
            400,
            "400 This filename was previously used by a file that has since been deleted. Use a different version.\n\nThe server\n",
            RefusalKind::FileExists,
            "This filename was previously used by a file that has since been deleted. Use a different version.",
        );
        refused(
            409,
            "Package 'a' already exists!",
            RefusalKind::FileExists,
            "Package 'a' already exists!",
        );
    }

    #[test]
    fn other_bodies_are_shown_by_their_first_line() {
        refused(
            405,
            "<html>\n <head>\n  <title>405 Method Not Allowed</title>",
            RefusalKind::WrongUrl,
            "Method Not Allowed",
        );
        refused(308, "", RefusalKind::WrongUrl, "Permanent Redirect");
        refused(499, "", RefusalKind::Invalid, "no reason given");
        refused(413, "[1]", RefusalKind::Invalid, "[1]");
    }

    #[test]
    fn the_sentence_of_a_page_is_the_one_that_decides() {
        refused(
            409,
            "<html><head><title>Error: 409 Conflict</title><style>pre {border: 0}</style></head>\
             <pre>Package &#039;a.whl&#039; already exists!\n  You may start</pre>",
            RefusalKind::FileExists,
            "Package 'a.whl' already exists!",
        );
        let profile = Profile::named("pypiserver").expect("a profile");
        let page = "<title>Error: 409 Conflict</title>\n<pre>Package &#039;a.whl&#039; already exists!\n  You may</pre>";
        let reply = Reply::new(StatusCode::CONFLICT, HeaderMap::new(), page.into());
        let (_, message) = classify(&reply, &Redactor::default(), profile);
        assert_eq!(message, "Package 'a.whl' already exists!");
        let body = r#"{"errors": [{"status": 403, "message": "Not enough permissions to delete/overwrite artifact 'a'"}]}"#;
        refused(
            403,
            body,
            RefusalKind::FileExists,
            "Not enough permissions to delete/overwrite artifact 'a'",
        );
    }

    #[test]
    fn every_other_status_says_whether_the_file_may_be_stored() {
        for (status, expected) in [
            (200, Verdict::Accepted),
            (201, Verdict::Accepted),
            (202, Verdict::Accepted),
            (204, Verdict::Doubtful),
            (299, Verdict::Doubtful),
            (408, Verdict::NotStored),
            (425, Verdict::NotStored),
            (429, Verdict::NotStored),
            (500, Verdict::Doubtful),
            (501, Verdict::Doubtful),
            (504, Verdict::Doubtful),
            (599, Verdict::Doubtful),
        ] {
            let status = StatusCode::from_u16(status).expect("a status code");
            let reply = Reply::new(status, HeaderMap::new(), b"<html>".to_vec());
            let (verdict, _) = classify(&reply, &Redactor::default(), &OTHER);
            assert_eq!(verdict, expected, "{status}");
        }
    }

    #[test]
    fn a_release_may_be_staged() {
        let mut headers = HeaderMap::new();
        let url = "https://index.example/staged/7";
        headers.insert(header::LOCATION, header::HeaderValue::from_static(url));
        let reply = Reply::new(StatusCode::ACCEPTED, headers, Vec::new());
        let (verdict, _) = classify(&reply, &Redactor::default(), &OTHER);
        assert_eq!(verdict, Verdict::Staged(url.to_owned()));
    }

    #[test]
    fn an_expired_token_is_a_kind_of_its_own() {
        refused(
            403,
            r#"{"code": "403 Invalid API Token: token is expired"}"#,
            RefusalKind::TokenExpired,
            "Invalid API Token: token is expired",
        );
    }

    #[test]
    fn an_echo_is_redacted_before_it_is_shortened() {
        let token = pypi_http::Secret::new("pypi-AgEIcHlwaS5vcmcCJDU3YjQ3");
        let redactor = Redactor::new([&token]);
        let far = format!("{} {}", "x".repeat(MAX_TEXT - 6), token.reveal());
        let tagged = "bad token pypi-AgEIcHlw<b>aS5vcmcC</b>JDU3YjQ3".to_owned();
        for body in [far, tagged] {
            let reply = Reply::new(StatusCode::FORBIDDEN, HeaderMap::new(), body.into_bytes());
            let (_, message) = classify(&reply, &redactor, &OTHER);
            assert!(
                !message.contains("AgE") && !message.contains("pypi-"),
                "{message}"
            );
        }
    }
}
