//! An index to look at with a browser: serves the distributions of a folder, and what a test publishes, until its standard
//! input ends. `.ci/interop.d/local-index-ui` drives it.

#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "an example reads its arguments and files, prints, and fails by panicking"
)]

use std::collections::BTreeMap;
use std::io::Read as _;

use pypi_local_index::{
    Fault, Identity, LocalIndex, Project, Route, TrustedPublisher, User, Verification,
};
use serde_json::json;

fn main() {
    let folder = std::env::args().nth(1).expect("a folder");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();

    let job = Identity::github("octo-org/moonphase", "release.yml").environment("pypi");
    let rehearsal = Identity::github("octo-org/moonphase", "release.yml").environment("staging");
    let mut builder = LocalIndex::builder()
        .user(User::new("alice"))
        .project(Project::new("moonphase").member("alice"))
        .project(Project::new("tides").member("alice"))
        .project(Project::new("sundial").archived())
        .publisher("moonphase", job.publisher())
        .publisher("tides", job.publisher())
        .publisher(
            "tides",
            TrustedPublisher::gitlab("octo-group/tides", ".gitlab-ci.yml").environment("release"),
        )
        .verification(Verification::sigstore())
        .fault(
            Fault::on(Route::Upload)
                .nth(3)
                .respond(503, "text/plain", "busy"),
        )
        .fault(Fault::on(Route::Upload).nth(6).lose_response());
    for path in &files {
        let name = path
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a name");
        builder = builder.file(name, std::fs::read(path).expect("a file"));
    }
    let index = builder.start().expect("an index");
    index.yank("moonphase", "1.1.0", Some("Wrong phase on leap days"));

    let variables = |job: &Identity| -> BTreeMap<String, String> {
        index.environment_of(job).into_iter().collect()
    };
    println!(
        "{}",
        json!({
            "url": index.url().as_str(),
            "upload_url": index.upload_url().as_str(),
            "simple_url": index.simple_url().as_str(),
            "token": index.user_token().reveal(),
            "job": variables(&job),
            "rehearsal": variables(&rehearsal),
        })
    );
    let mut ignored = Vec::new();
    std::io::stdin()
        .read_to_end(&mut ignored)
        .expect("standard input");
}
