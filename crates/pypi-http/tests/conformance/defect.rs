//! What a transport can do wrong.

use pypi_http::testing::Rule;

/// A defect of [`Plain`](crate::plain::Plain).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Defect {
    AddsHeader,
    AfterBodyFromStart,
    ConnectForBroken,
    ConnectForClosed,
    DeadlinePerRead,
    DoesNotWait,
    FollowsRedirects,
    HttpsInTheClear,
    IgnoresCancel,
    IgnoresDeadline,
    IgnoresLimit,
    InterruptedForRefused,
    MergesHeaders,
    NoLengthOfNothing,
    OwnUserAgent,
    ReadsAnyHead,
    RetriesClosed,
    RetriesStatus,
    ReturnsInterim,
    ReusesConnection,
    SendsChunks,
    ShortensBody,
    StatusIsError,
    SwallowsTruncation,
    UploadsOn,
}

/// Each defect and the rules that it breaks.
pub(crate) const DEFECTS: &[(Defect, &[Rule])] = &[
    (Defect::AddsHeader, &[Rule::Headers]),
    (Defect::AfterBodyFromStart, &[Rule::DeadlineAfterBody]),
    (
        Defect::ConnectForBroken,
        &[Rule::ClosedWhileSending, Rule::EarlyReply],
    ),
    (
        Defect::ConnectForClosed,
        &[
            Rule::ClosedBeforeReply,
            Rule::ClosedInReply,
            Rule::ClosedWhileSending,
            Rule::EarlyReply,
        ],
    ),
    (
        Defect::DeadlinePerRead,
        &[Rule::DeadlineAfterBody, Rule::DeadlineWhileReading],
    ),
    (Defect::DoesNotWait, &[Rule::Wait]),
    (Defect::FollowsRedirects, &[Rule::Redirect]),
    (Defect::HttpsInTheClear, &[Rule::TlsFailure]),
    (
        Defect::IgnoresCancel,
        &[
            Rule::CancelBeforeSending,
            Rule::CancelWhileConnecting,
            Rule::CancelWhileReading,
            Rule::CancelWhileSending,
            Rule::CancelWhileWaiting,
            Rule::Wait,
        ],
    ),
    (
        Defect::IgnoresDeadline,
        &[
            Rule::DeadlineAfterBody,
            Rule::DeadlineWhileConnecting,
            Rule::DeadlineWhileReading,
            Rule::DeadlineWhileSending,
            Rule::DeadlineWhileWaiting,
        ],
    ),
    (Defect::IgnoresLimit, &[Rule::BoundedRead, Rule::ReplyLimit]),
    (Defect::InterruptedForRefused, &[Rule::ConnectRefused]),
    (Defect::MergesHeaders, &[Rule::Reply]),
    (Defect::NoLengthOfNothing, &[Rule::ContentLength]),
    (Defect::OwnUserAgent, &[Rule::Headers]),
    (Defect::ReadsAnyHead, &[Rule::BoundedRead]),
    (Defect::RetriesClosed, &[Rule::SendOnce]),
    (Defect::RetriesStatus, &[Rule::SendOnce]),
    (Defect::ReturnsInterim, &[Rule::InterimReply]),
    (Defect::ReusesConnection, &[Rule::FreshReply]),
    (Defect::SendsChunks, &[Rule::ContentLength]),
    (Defect::ShortensBody, &[Rule::BodyError]),
    (Defect::StatusIsError, &[Rule::Reply]),
    (Defect::SwallowsTruncation, &[Rule::ClosedInReply]),
    (
        Defect::UploadsOn,
        &[Rule::CancelWhileSending, Rule::DeadlineWhileSending],
    ),
];
