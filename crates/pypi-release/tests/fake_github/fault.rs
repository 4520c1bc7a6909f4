//! Faults: replies that differ from what the request deserves.

use serde_json::Value;

use super::message::Request;

/// `{"method", "path", "kind", "done", "skip", "times", "seconds"}`: requests of `method` (any by default) whose path
/// ends with `path`, from number `skip` on, `times` times (once by default). `done` says whether the request is carried
/// out before it fails; an upload that is not leaves an unfinished asset.
#[derive(Clone)]
pub(crate) struct Fault {
    method: String,
    path: String,
    pub(crate) kind: Kind,
    pub(crate) done: bool,
    skip: u64,
    times: u64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// 502 with a page of HTML.
    BadGateway,
    /// The bytes that are stored differ.
    Corrupt,
    /// 403 without a limit.
    Forbidden,
    /// The request is never answered.
    Hang,
    /// The connection breaks before the reply.
    Lost,
    /// The asset has no digest.
    NoDigest,
    /// 403 with `Retry-After`, of so many seconds.
    RateLimit(u64),
    /// 403 of the secondary limit, without a time.
    SecondaryLimit,
    /// 401.
    Unauthorized,
}

impl Fault {
    pub(crate) fn parse(value: &Value) -> Self {
        let text = |name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let number = |name: &str, default| value[name].as_u64().unwrap_or(default);
        let kind = match text("kind").as_str() {
            "bad-gateway" => Kind::BadGateway,
            "corrupt" => Kind::Corrupt,
            "forbidden" => Kind::Forbidden,
            "hang" => Kind::Hang,
            "lost" => Kind::Lost,
            "no-digest" => Kind::NoDigest,
            "rate-limit" => Kind::RateLimit(number("seconds", 0)),
            "secondary-limit" => Kind::SecondaryLimit,
            "unauthorized" => Kind::Unauthorized,
            other => panic!("unknown fault {other:?}"),
        };
        Self {
            method: text("method"),
            path: text("path"),
            kind,
            done: value["done"].as_bool().unwrap_or(false),
            skip: number("skip", 0),
            times: number("times", 1),
        }
    }

    fn is_about(&self, request: &Request) -> bool {
        (self.method.is_empty() || self.method == request.method)
            && request.path().ends_with(&self.path)
    }
}

/// The fault of a request, if any; it counts as used.
pub(crate) fn of(faults: &mut [Fault], request: &Request) -> Option<Fault> {
    for fault in faults {
        if !fault.is_about(request) || fault.times == 0 {
            continue;
        }
        if fault.skip > 0 {
            fault.skip -= 1;
            continue;
        }
        fault.times -= 1;
        return Some(fault.clone());
    }
    None
}
