//! Who signs: which ID tokens Sigstore gets, and which repositories its log shows.

use std::{
    sync::{Mutex, atomic::AtomicU64},
    time::Duration,
};

use http::{HeaderMap, Request, StatusCode};
use pypi_attestations::{Sigstore, Statement};
use pypi_http::{Body, CancelToken, Flow as _, Reply, Secret, Step, Transport, TransportError};
use pypi_local_index::{Fault, Identity, LocalIndex, Route};
use pypi_publish::{Attest, Error, ErrorKind, Publisher, Report, SignAll, Source};
use pypi_trusted_publisher::{ApiToken, Environment, Identity as Job, provider::Supplied};

use super::{
    NOW, count, dists, index, index_for, job, outage::Slow, problems, publisher, required, run,
    signed_before, sigstore, sources,
};
use crate::folder::release;

#[test]
fn a_token_of_which_there_is_one_makes_a_second_certificate() {
    let job = Identity::gitlab("octo-org/demo", ".gitlab-ci.yml");
    let local = index_for(&job);
    let slow = Slow {
        index: &local,
        path: "/log/entries",
        left: AtomicU64::new(1),
        by: Duration::from_secs(600),
    };
    let environment = |audiences: &[&str]| {
        let mut variables = vec![("GITLAB_CI".to_owned(), "true".to_owned())];
        for audience in audiences {
            // It outlives the certificate.
            let job = job.clone().claim("exp", NOW + 3600);
            let token = local.id_token(&job, audience).expect("an ID token");
            let name = format!("{}_ID_TOKEN", audience.to_uppercase());
            variables.push((name, token.reveal().to_owned()));
        }
        Environment::from_vars(variables)
    };
    let folder = release();
    let gitlab = |audiences: &[&str]| {
        publisher(&local, required(&local)).trusted_publishing(environment(audiences))
    };
    let error = gitlab(&["testpypi"])
        .publish(dists(&folder), &slow)
        .expect_err("no token");
    let finding = error.problems()[0].finding();
    assert_eq!(
        finding.message(),
        "files are not signed: this GitLab job has no ID token: the variable SIGSTORE_ID_TOKEN is missing"
    );
    let help = "add `id_tokens: {SIGSTORE_ID_TOKEN: {aud: sigstore}}` to the job";
    assert_eq!(finding.help(), Some(help));
    let audience = local_audience(&local);
    let report = gitlab(&[&audience, "sigstore"]).publish(dists(&folder), &slow);
    let report = report.expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(count(&local, Route::Certificate), 2);
}

#[test]
fn a_job_that_cannot_sign_sends_what_was_signed_before() {
    let job = Identity::gitlab("octo-org/demo", ".gitlab-ci.yml");
    let local = index_for(&job);
    let folder = signed_before(&local);
    let audience = local_audience(&local);
    let token = local.id_token(&job, &audience).expect("an ID token");
    let name = format!("{}_ID_TOKEN", audience.to_uppercase());
    let variables = [("GITLAB_CI", "true"), (&name, token.reveal())];
    let publisher =
        publisher(&local, required(&local)).trusted_publishing(Environment::from_vars(variables));
    let report = publisher
        .publish(dists(&folder), &local)
        .expect("published");
    assert!(report.is_success(), "{}", report.to_json());
    assert_eq!(sources(&report), [[Source::Sidecar], [Source::Sidecar]]);
    assert_eq!(problems(&report), [""; 0]);
}

fn local_audience(local: &LocalIndex) -> String {
    let request = Request::get(
        local
            .url()
            .join("/_/oidc/audience")
            .expect("a URL")
            .as_str(),
    );
    let request = request.body(Body::default()).expect("a request");
    let reply = local.send(request).expect("a reply");
    let json: serde_json::Value = serde_json::from_slice(reply.body()).expect("JSON");
    json["audience"].as_str().expect("an audience").to_owned()
}

/// Fails every request that is not for the index: nothing of these tests leaves the machine.
struct Guarded<'a>(&'a LocalIndex, Mutex<Vec<String>>);

impl Transport for Guarded<'_> {
    fn send(&self, request: Request<Body>) -> Result<Reply, TransportError> {
        match request.uri().host() == self.0.url().host_str() {
            true => self.0.send(request),
            false => {
                let mut elsewhere = self.1.lock().expect("no panic");
                elsewhere.push(request.uri().path().to_owned());
                Ok(Reply::new(
                    StatusCode::BAD_REQUEST,
                    HeaderMap::new(),
                    Vec::new(),
                ))
            }
        }
    }

    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        self.0.wait(duration, cancel);
    }
}

/// What happens as this job with a public instance, and the requests to it.
fn with_public_instance(job: Identity, attest: Attest) -> (Result<Report, Error>, Vec<String>) {
    let local = index_for(&job);
    let transport = Guarded(&local, Mutex::default());
    let result = publisher(&local, attest).publish(dists(&release()), &transport);
    (result, transport.1.into_inner().expect("no panic"))
}

#[test]
fn a_private_repository_is_not_shown_in_a_public_log() {
    let public = || Sigstore::staging().expect("an instance");
    let private = || job().claim("repository_visibility", "private");
    let (result, elsewhere) = with_public_instance(private(), Attest::required(public()));
    let error = result.expect_err("refused");
    assert_eq!(error.kind(), ErrorKind::Attestation);
    assert!(!error.is_transient());
    assert_eq!(
        error.causes(),
        "nothing was signed: 2 of 2 files were not uploaded: the repository octo-org/demo is private: a signature shows its \
         name, workflow and commit in a public log for ever"
    );
    let help = "allow it (`--allow-private`), or publish without attestations";
    assert_eq!(error.help(), Some(help));
    assert!(elsewhere.is_empty());

    let (result, elsewhere) = with_public_instance(private(), Attest::best_effort(public()));
    let report = result.expect("published");
    assert!(report.is_success());
    assert!(elsewhere.is_empty());
    assert!(
        problems(&report)[0].contains("nothing was signed"),
        "{report:?}"
    );

    let allowed = Attest::required(public()).allow_private(true);
    let (result, elsewhere) = with_public_instance(private(), allowed);
    result.expect_err("the instance here refuses everything");
    assert_eq!(elsewhere, ["/api/v2/signingCert"]);

    let unknown = job().without_claim("repository_visibility");
    let (result, elsewhere) = with_public_instance(unknown, Attest::best_effort(public()));
    let problems = problems(&result.expect("published"));
    assert!(
        problems[0].starts_with("warning attestation-private"),
        "{problems:?}"
    );
    assert_eq!(elsewhere, ["/api/v2/signingCert"]);
}

#[test]
fn a_token_for_another_audience_is_not_sent_to_sigstore() {
    let local = index();
    let token = local.id_token(job(), "pypi").expect("an ID token");
    let expected = "the ID token is for the audience \"pypi\", expected \"sigstore\": it is not sent to Sigstore";
    let sign = |supplied: Supplied| {
        let identity = Job::of(supplied, &Environment::default(), None).expect("an identity");
        let attest = required(&local).identity(identity);
        run(&local, attest, &release()).expect_err("nothing was signed")
    };
    let (value, secret) = (token.reveal().to_owned(), Secret::new(token.reveal()));
    let error = sign(Supplied::closure(move |_| Ok(Secret::new(value.clone()))));
    assert_eq!(error.kind(), ErrorKind::Attestation);
    assert!(error.causes().ends_with(expected), "{}", error.causes());
    // A token that is there already is checked in the plan.
    let error = sign(Supplied::value(secret));
    assert_eq!(error.kind(), ErrorKind::Plan);
    assert_eq!(error.problems()[0].finding().message(), expected);
    assert_eq!(count(&local, Route::Certificate), 0);
}

#[test]
fn files_are_not_signed_for_an_api_token() {
    let (local, folder) = (index(), release());
    let token = ApiToken::new(local.user_token().clone());
    let error = publisher(&local, required(&local)).token(&token);
    let error = error
        .publish(dists(&folder), &local)
        .expect_err("not attested");
    assert_eq!(
        error.problems()[0].finding().rule().id(),
        "attestation-not-signed"
    );
    let best = publisher(&local, Attest::best_effort(sigstore(&local))).token(&token);
    let report = best.publish(dists(&folder), &local).expect("published");
    assert!(report.is_success());
    assert_eq!(problems(&report).len(), 1);
    assert_eq!(count(&local, Route::Certificate), 0);
}

/// PyPI, which lists nothing and issues a token to everybody, with the Sigstore instance of a local index.
struct PyPi<'a>(&'a LocalIndex, Mutex<Vec<String>>);

impl Transport for PyPi<'_> {
    fn send(&self, request: Request<Body>) -> Result<Reply, TransportError> {
        if request.uri().host() == self.0.url().host_str() {
            return self.0.send(request);
        }
        let path = request.uri().path().to_owned();
        let (status, body) = match path.as_str() {
            "/_/oidc/audience" => (StatusCode::OK, r#"{"audience":"pypi"}"#),
            "/_/oidc/mint-token" => (StatusCode::OK, r#"{"success":true,"token":"pypi-minted"}"#),
            "/_/oidc/burn-token" => (StatusCode::ACCEPTED, ""),
            "/legacy/" => (StatusCode::OK, ""),
            _ => (StatusCode::NOT_FOUND, ""),
        };
        self.1.lock().expect("no panic").push(path);
        Ok(Reply::new(status, HeaderMap::new(), body.into()))
    }

    fn wait(&self, duration: Duration, cancel: &CancelToken) {
        self.0.wait(duration, cancel);
    }
}

#[test]
fn nothing_is_sent_if_pypi_takes_no_attestations_of_the_job_and_they_are_required() {
    let local = index();
    let signer = local.id_token(job(), Sigstore::AUDIENCE).expect("a token");
    let signer = Supplied::value(signer);
    let signer = Job::of(signer, &Environment::default(), None).expect("an identity");
    let publishes = job().claim("iss", "https://gitlab.example");
    let publishes = local.id_token(publishes, "pypi").expect("a token");
    let publish = |attest: Attest| {
        let transport = PyPi(&local, Mutex::default());
        let publisher = Publisher::pypi()
            .provider(Supplied::value(Secret::new(publishes.reveal())))
            .clock(local.clock().clone().into())
            .verify(None)
            .attest(attest.identity(signer.clone()));
        let result = publisher.publish(dists(&release()), &transport);
        let paths = transport.1.into_inner().expect("no panic");
        let uploads = paths.iter().filter(|path| *path == "/legacy/").count();
        (result, uploads)
    };
    let (result, uploads) = publish(required(&local));
    let error = result.expect_err("not attested");
    assert_eq!((error.kind(), uploads), (ErrorKind::Attestation, 0));
    let expected = "not of jobs of an unknown issuer";
    assert!(error.causes().ends_with(expected), "{}", error.causes());
    let (result, uploads) = publish(Attest::best_effort(sigstore(&local)));
    assert!(result.is_ok_and(|report| report.is_success()));
    assert_eq!(uploads, 2);
}

#[test]
fn an_id_token_prints_nowhere() {
    let local = index();
    let token = local.id_token(job(), Sigstore::AUDIENCE);
    let token = token.expect("an ID token").reveal().to_owned();
    // A certificate authority that repeats what it was sent, twice: the second time it is final.
    let message = "There was an error processing the identity token";
    let body = format!(r#"{{"code":3,"message":"{message}: {token}"}}"#);
    let fault = Fault::on(Route::Certificate).from(2);
    local.add_fault(fault.respond(400, "application/json", body));
    let supplied = {
        let token = token.clone();
        Supplied::closure(move |_| Ok(Secret::new(token.clone())))
    };
    let identity = Job::of(supplied, &Environment::default(), None).expect("an identity");
    let sign = || {
        let statement = Statement::publish("demo-1.0.tar.gz", &"00".repeat(32));
        let statements = vec![statement.expect("a statement")];
        SignAll::new(sigstore(&local), identity.clone(), statements)
    };
    let mut printed = String::new();
    let mut run = |mut flow: SignAll| {
        loop {
            printed.push_str(&format!("{flow:?} {:?}", flow.failure()));
            match flow.step() {
                Ok(Step::Send(request)) => {
                    printed.push_str(&format!("{request:?} {}", request.uri()));
                    flow.received(local.send(*request));
                }
                Ok(Step::Wait(pause)) => local.clock().advance(pause),
                Ok(Step::Done(results)) => return Ok(results),
                Ok(step) => panic!("unknown: {step:?}"),
                Err(error) => return Err(error),
            }
        }
    };
    let signed = run(sign()).expect("signed");
    let error = run(sign()).expect_err("the second time nothing is");
    printed.push_str(&format!("{signed:?} {error:?} {}", error.causes()));
    assert!(error.causes().contains(message), "{}", error.causes());
    assert_eq!(
        count(&local, Route::Certificate),
        3,
        "a new token is tried once"
    );
    let (start, end) = (&token[..40], &token[token.len() - 40..]);
    assert!(
        !printed.contains(start) && !printed.contains(end),
        "{printed}"
    );
}
