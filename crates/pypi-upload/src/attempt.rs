//! One attempt to send a file.

use std::time::{Duration, SystemTime};

/// One attempt to send a file.
#[derive(Clone, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// When it began.
    pub started: SystemTime,
    /// How long it took, from the first byte to the reply or the error.
    pub duration: Duration,
    /// The number of bytes of the file that were sent; less than its size when the attempt broke off.
    pub bytes: u64,
    /// The status of the reply, if there was one.
    pub status: Option<u16>,
    /// The sentence of the index, or what happened instead of a reply, on one line.
    pub message: String,
}
