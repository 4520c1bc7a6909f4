//! The rules of a transport, and their failures.

use std::fmt;

/// One rule of the contract of [`Transport`](crate::Transport). Prints its name, such as `cancel-while-sending`.
///
/// # Examples
///
/// ```
/// use pypi_http::testing::Rule;
///
/// assert_eq!(Rule::CancelWhileSending.to_string(), "cancel-while-sending");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Rule {
    /// A body that cannot be read aborts the request: the error is of kind `Body`, and the server never receives a
    /// complete request.
    BodyError,
    /// A reply is never read without a bound: an endless body or head ends with an error, and the connection is closed.
    BoundedRead,
    /// A request whose token is cancelled is not sent.
    CancelBeforeSending,
    /// A cancelled token ends the connect and the TLS handshake.
    CancelWhileConnecting,
    /// A cancelled token ends the reading of a reply.
    CancelWhileReading,
    /// A cancelled token ends an upload: the server does not receive the rest.
    CancelWhileSending,
    /// A cancelled token ends the wait for a reply.
    CancelWhileWaiting,
    /// A connection that is closed after the request began is an error of kind `Interrupted`.
    ClosedBeforeReply,
    /// A reply that is cut short is an error of kind `Reply`, or `Interrupted` if its head is not complete.
    ClosedInReply,
    /// A connection that is closed while the body is sent is an error of kind `Interrupted`.
    ClosedWhileSending,
    /// A refused connection is an error of kind `Connect`.
    ConnectRefused,
    /// The body is sent as it is, with a `Content-Length` and without a transfer coding; an empty one of a `POST` too.
    ContentLength,
    /// `Deadline::after_body` begins with the last byte of the body and ends with the reply.
    DeadlineAfterBody,
    /// `Deadline::total` includes the connect and the TLS handshake. The kind may be `Connect` or `Timeout`.
    DeadlineWhileConnecting,
    /// `Deadline::total` includes the body of the reply, even if it arrives byte by byte.
    DeadlineWhileReading,
    /// `Deadline::total` includes the body of the request: the server does not receive the rest.
    DeadlineWhileSending,
    /// `Deadline::total` includes the wait for the reply.
    DeadlineWhileWaiting,
    /// A final reply that arrives while the body is sent is returned, or the break of the connection is reported as
    /// `Interrupted` or `Reply`.
    EarlyReply,
    /// A reply to a request that ended early is never returned for the next one.
    FreshReply,
    /// Each header is sent once, as given. Only `Accept-Encoding`, `Connection`, `Content-Length` and `Host` are added.
    Headers,
    /// Replies with a 1xx status are skipped.
    InterimReply,
    /// A redirect is a reply like any other and is not followed.
    Redirect,
    /// A reply of any status is returned with its headers and its body.
    Reply,
    /// A reply's body has at most `ReplyLimit::of` the request bytes; a longer one is an error of kind `TooLong`.
    ReplyLimit,
    /// The arguments of a program arrive as they are, without a shell.
    RunArguments,
    /// A cancelled token ends a program, also before it begins, with an error of kind `Cancelled`.
    RunCancel,
    /// `Command::time_limit` ends a program with an error of kind `Timeout`.
    RunDeadline,
    /// The variables of a program are those of the command and no others, and its `PATH` finds the program.
    RunEnvironment,
    /// More than `MAX_COMMAND_OUTPUT` bytes of standard output are an error of kind `Reply`; of standard error, at most
    /// `MAX_COMMAND_ERROR` bytes are kept and the rest is read.
    RunLimit,
    /// The exit code and both outputs of a program are returned, whatever the code. A program that does not exist is an error
    /// of kind `Unusable`.
    RunOutput,
    /// A request is sent once, whatever the reply and wherever the connection broke.
    SendOnce,
    /// A failed TLS handshake is an error of a kind that says that nothing was sent, and an `https` request is never sent
    /// in the clear.
    TlsFailure,
    /// `wait` takes as long as it is told to, and ends early when its token is cancelled.
    Wait,
}

impl Rule {
    fn name(self) -> &'static str {
        match self {
            Self::BodyError => "body-error",
            Self::BoundedRead => "bounded-read",
            Self::CancelBeforeSending => "cancel-before-sending",
            Self::CancelWhileConnecting => "cancel-while-connecting",
            Self::CancelWhileReading => "cancel-while-reading",
            Self::CancelWhileSending => "cancel-while-sending",
            Self::CancelWhileWaiting => "cancel-while-waiting",
            Self::ClosedBeforeReply => "closed-before-reply",
            Self::ClosedInReply => "closed-in-reply",
            Self::ClosedWhileSending => "closed-while-sending",
            Self::ConnectRefused => "connect-refused",
            Self::ContentLength => "content-length",
            Self::DeadlineAfterBody => "deadline-after-body",
            Self::DeadlineWhileConnecting => "deadline-while-connecting",
            Self::DeadlineWhileReading => "deadline-while-reading",
            Self::DeadlineWhileSending => "deadline-while-sending",
            Self::DeadlineWhileWaiting => "deadline-while-waiting",
            Self::EarlyReply => "early-reply",
            Self::FreshReply => "fresh-reply",
            Self::Headers => "headers",
            Self::InterimReply => "interim-reply",
            Self::Redirect => "redirect",
            Self::Reply => "reply",
            Self::ReplyLimit => "reply-limit",
            Self::RunArguments => "run-arguments",
            Self::RunCancel => "run-cancel",
            Self::RunDeadline => "run-deadline",
            Self::RunEnvironment => "run-environment",
            Self::RunLimit => "run-limit",
            Self::RunOutput => "run-output",
            Self::SendOnce => "send-once",
            Self::TlsFailure => "tls-failure",
            Self::Wait => "wait",
        }
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A rule that a transport breaks, and how. Prints a line: `redirect: 302: 2 requests arrived instead of 1`.
///
/// # Examples
///
/// ```
/// use pypi_http::{Transport, testing::{Rule, transport_conformance}};
///
/// fn follows_redirects(transport: &impl Transport) -> bool {
///     let conformance = transport_conformance(transport);
///     conformance.failures().iter().any(|failure| failure.rule() == Rule::Redirect)
/// }
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Failure {
    rule: Rule,
    found: String,
}

impl Failure {
    pub(super) fn new(rule: Rule, found: String) -> Self {
        Self { rule, found }
    }

    /// The rule.
    pub fn rule(&self) -> Rule {
        self.rule
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.rule, self.found)
    }
}
