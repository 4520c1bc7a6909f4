//! The two loops that run a flow over a transport.

use crate::{AsyncTransport, Flow, Step, Transport};

/// Runs a flow to its end over a blocking transport.
///
/// # Errors
///
/// The flow's own.
pub fn drive<F: Flow>(mut flow: F, transport: &impl Transport) -> Result<F::Output, F::Error> {
    loop {
        match flow.step()? {
            Step::Send(request) => flow.received(transport.send(*request)),
            Step::Wait(duration) => transport.wait(duration),
            Step::Done(output) => return Ok(output),
        }
    }
}

/// Runs a flow to its end over an async transport.
///
/// # Errors
///
/// The flow's own.
pub async fn drive_async<F: Flow>(
    mut flow: F,
    transport: &impl AsyncTransport,
) -> Result<F::Output, F::Error> {
    loop {
        match flow.step()? {
            Step::Send(request) => flow.received(transport.send(*request).await),
            Step::Wait(duration) => transport.wait(duration).await,
            Step::Done(output) => return Ok(output),
        }
    }
}
