//! Verifies a real attestation, against the Python verifier in a process of its own, and signs one with a Sigstore instance in memory.
//!
//! ```text
//! cargo bench -p benches --bench attestations                       against reading it, and signing against verifying
//! cargo bench -p benches --bench attestations -- path/to/python     also against pypi-attestations in that Python
//! ```
#![expect(
    clippy::disallowed_methods,
    clippy::expect_used,
    reason = "a bench reads its arguments, starts its peer, and fails by panicking"
)]

use std::{
    hint::black_box,
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use benches::compare;
use pypi_attestations::{Attestation, Certify, Identity, Sigstore, Statement, Verifier};
use pypi_local_index::LocalIndex;
use pypi_trusted_upload::drive;

const NAME: &str = "gitlab_oidc_project-0.0.3.tar.gz";
const SHA256: &str = "c1ca9b0d85df1606451098233018534497bf584362e10e4a8c21dfaea92c02a8";
const PATH: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../crates/pypi-attestations/tests/data/gitlab_oidc_project-0.0.3.tar.gz.publish.attestation"
);

/// Verifies the file of its first argument once for each line of input.
const PYTHON: &str = r#"
import logging, sys
from pathlib import Path
from pypi_attestations import Attestation, Distribution, GitLabPublisher
from pypi_attestations import _impl
logging.disable()
verifier = _impl.Verifier.production(offline=True)
_impl.Verifier.production = classmethod(lambda cls, *, offline: verifier)
publisher = GitLabPublisher(repository="facutuesca/gitlab-oidc-project", workflow_filepath=".gitlab-ci.yml")
text = Path(sys.argv[1]).read_bytes()
for line in sys.stdin:
    distribution = Distribution(name=sys.argv[2], digest=sys.argv[3])
    Attestation.model_validate_json(text).verify(publisher, distribution, offline=True)
    print("verified", flush=True)
"#;

fn main() {
    let json = std::fs::read(PATH).expect("an attestation");
    let verifier = Verifier::production().expect("an embedded root");
    let identity = Identity::gitlab("facutuesca/gitlab-oidc-project", ".gitlab-ci.yml");
    let verify = || {
        let attestation = Attestation::parse(&json).expect("an attestation");
        let verified = verifier.verify(&attestation, |name| name == NAME, SHA256, &identity);
        drop(black_box(verified.expect("verified")));
    };
    let read = || drop(black_box(Attestation::parse(&json)));
    compare("verification", 201, verify, ("reading", read));
    compare("signing", 201, signing(), ("verification", verify));

    let mut arguments = std::env::args().skip(1);
    if let Some(python) = arguments.find(|argument| argument != "--bench") {
        let mut peer = Command::new(python)
            .args(["-c", PYTHON, PATH, NAME, SHA256])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a Python");
        let mut questions = peer.stdin.take().expect("a pipe");
        let mut answers = BufReader::new(peer.stdout.take().expect("a pipe")).lines();
        let theirs = || {
            questions.write_all(b"\n").expect("a question");
            let answer = answers.next().and_then(Result::ok);
            assert_eq!(answer.as_deref(), Some("verified"));
        };
        compare("verification", 201, verify, ("pypi-attestations", theirs));
        drop(questions);
        peer.wait().expect("the end of Python");
    }
}

/// Signs a statement, the work of the log and the verification included. All share one certificate.
fn signing() -> impl FnMut() {
    let index = LocalIndex::builder().start_in_memory().expect("an index");
    let sigstore = Sigstore::from_trust_config(&index.sigstore_trust_config());
    let sigstore = sigstore.expect("an instance");
    let job = pypi_local_index::Identity::github("octo-org/demo", "release.yml");
    let token = index.id_token(job, Sigstore::AUDIENCE).expect("a token");
    let certify = Certify::new(&sigstore, &token, "repo:octo-org/demo:ref:refs/heads/main");
    let certificate = drive(certify.expect("a flow"), &index).expect("a certificate");
    move || {
        let statement = Statement::publish(NAME, SHA256).expect("a statement");
        let sign = certificate.sign(&sigstore, statement).expect("a flow");
        drop(black_box(drive(sign, &index).expect("signed")));
    }
}
