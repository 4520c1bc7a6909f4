//! The GitHub release of a project in the chain.

use std::path::Path;

use pypi_trusted_upload::{BlockingClient, Index, transport::CancelToken};

use super::project::Project;
use crate::{
    context::Context,
    failure::Failure,
    github::{Access, GitHub, Repository},
    verbs::github_release::{self, Options, Request},
};

/// A client for the repository of the job, or of the remote origin. Reading needs no token in a public repository.
pub(super) fn client<'a>(
    client: &'a BlockingClient,
    root: &Path,
    context: &Context,
) -> Result<GitHub<'a, BlockingClient>, Failure> {
    let access = Access::of(&context.environment, None)?;
    let repository = Repository::of(None, root, &context.environment)?;
    Ok(GitHub::new(
        access,
        repository,
        client,
        context.clock.clone(),
    ))
}

/// The GitHub release of a tagged version.
pub(super) fn request(
    project: &Project,
    index: &Index,
    cancel: &CancelToken,
    context: &Context,
) -> Result<Request, Failure> {
    // The step before has published the files, unless the user left it out.
    let options = Options {
        files: project.files.clone(),
        tag: project.tag.clone(),
        even_if_unpublished: true,
        ..Options::default()
    };
    let checkout = &project.checkout;
    let mut request = github_release::request(&options, true, checkout, index.clone(), context)?;
    request.cancel = cancel.clone();
    Ok(request)
}
