//! The two loops that run a flow over a transport.

use crate::{AsyncTransport, CancelToken, Flow, Step, Transport};

/// Runs a flow to its end over a blocking transport.
///
/// # Errors
///
/// The flow's own.
pub fn drive<F: Flow>(flow: F, transport: &impl Transport) -> Result<F::Output, F::Error> {
    drive_until(flow, transport, &CancelToken::new())
}

/// Runs a flow to its end over an async transport.
///
/// # Errors
///
/// The flow's own.
pub async fn drive_async<F: Flow>(
    flow: F,
    transport: &impl AsyncTransport,
) -> Result<F::Output, F::Error> {
    drive_async_until(flow, transport, &CancelToken::new()).await
}

/// Runs a flow over a blocking transport; `cancel` ends its pauses early, and the requests and commands that carry no
/// token of their own. The flow decides what follows.
///
/// # Errors
///
/// The flow's own.
pub fn drive_until<F: Flow>(
    mut flow: F,
    transport: &impl Transport,
    cancel: &CancelToken,
) -> Result<F::Output, F::Error> {
    loop {
        match flow.step()? {
            Step::Send(mut request) => {
                request.extensions_mut().get_or_insert(cancel.clone());
                flow.received(transport.send(*request));
            }
            Step::Run(command) => flow.ran(transport.run(command.cancelled_by(cancel))),
            Step::Wait(duration) => transport.wait(duration, cancel),
            Step::Done(output) => return Ok(output),
        }
    }
}

/// Runs a flow over an async transport; `cancel` ends its pauses early, and the requests and commands that carry no
/// token of their own. The flow decides what follows.
///
/// # Errors
///
/// The flow's own.
pub async fn drive_async_until<F: Flow>(
    mut flow: F,
    transport: &impl AsyncTransport,
    cancel: &CancelToken,
) -> Result<F::Output, F::Error> {
    loop {
        match flow.step()? {
            Step::Send(mut request) => {
                request.extensions_mut().get_or_insert(cancel.clone());
                flow.received(transport.send(*request).await);
            }
            Step::Run(command) => flow.ran(transport.run(command.cancelled_by(cancel)).await),
            Step::Wait(duration) => transport.wait(duration, cancel).await,
            Step::Done(output) => return Ok(output),
        }
    }
}
