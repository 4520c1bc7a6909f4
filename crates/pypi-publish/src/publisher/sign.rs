//! What is known about signing before the network.

use pypi_attestations::{Attestation, Sigstore, Verifier};
use pypi_metadata::{Filename, Finding, rules};

use super::Publisher;
use crate::{
    FileAttestation, Plan,
    attestation::job,
    credentials::Authentication,
    dists::Dist,
    sign::{Mode, Rules, Signer},
};

impl Publisher {
    /// Adds why files cannot be signed, and which attestations beside them are not valid.
    pub(super) fn plan_signing(&self, plan: &mut Plan) {
        let Some(attest) = &self.attest else {
            return;
        };
        let Some(sigstore) = attest.sigstore() else {
            plan.without_attestations();
            return;
        };
        let has_publish = |dist: &Dist| dist.attestations().iter().any(FileAttestation::is_publish);
        let is_needed = !plan.sends_attestations || !plan.dists.iter().all(has_publish);
        if let Some(Err(finding)) = self.signer().filter(|_| is_needed) {
            plan.push(self.setting(match attest.mode {
                Mode::Required(_) => finding,
                _ => finding.into_warning(),
            }));
        }
        if plan.sends_attestations {
            let problems = plan.dists.iter().flat_map(|dist| {
                let invalid = dist.attestations().iter().filter_map(|attestation| {
                    let finding = invalid(attestation, dist, sigstore.verifier())?;
                    Some(dist.problem(finding))
                });
                invalid.collect::<Vec<_>>()
            });
            for problem in problems.collect::<Vec<_>>() {
                plan.push(problem);
            }
        }
    }

    /// Who signs the files, or why nobody can; `None` if nothing is to be signed, or nothing can be uploaded anyway.
    pub(super) fn signer(&self) -> Option<Result<Signer, Finding>> {
        let attest = self.attest.as_ref()?;
        let sigstore = attest.sigstore()?;
        let profile = self.settings.index.profile();
        if !profile.attestations {
            let message = format!(
                "files are not signed: {} stores no attestations",
                profile.label
            );
            let finding = Finding::new(&rules::ATTESTATION_NOT_SIGNED, message);
            return Some(Err(finding.with_help("publish without attestations")));
        }
        let environment = match self.credentials.authentication() {
            Authentication::Given(..) => {
                let message =
                    "files are not signed: PyPI accepts attestations with trusted publishing only";
                return Some(Err(not_signed(message)));
            }
            Authentication::Missing => return None,
            Authentication::Trusted(environment) => environment,
        };
        let audience = self.settings.index.audience();
        let publisher = self.identity(environment, audience).ok()??;
        if audience.is_some()
            && let Some(finding) = job::unsupported_provider(publisher.provider())
        {
            return Some(Err(not_signed(finding.message())));
        }
        let identity = match &attest.identity {
            Some(identity) => Ok(Some(identity.clone())),
            None => self.identity(environment, Some(Sigstore::AUDIENCE)),
        };
        Some(match identity {
            Ok(identity) => {
                let signer = Signer {
                    sigstore: sigstore.clone(),
                    identity: identity.unwrap_or(publisher),
                    rules: Rules {
                        is_public: sigstore.is_public(),
                        allows_private: attest.allows_private,
                        is_pypi: audience.is_some(),
                    },
                    is_required: attest.is_required(),
                    is_publisher: attest.identity.is_none(),
                };
                match signer.known_refusal() {
                    Some(finding) => Err(finding),
                    None => Ok(signer),
                }
            }
            Err(error) => {
                let message = format!("files are not signed: {error}");
                let finding = Finding::new(&rules::ATTESTATION_NOT_SIGNED, message);
                Err(finding.with_help_if(error.help()))
            }
        })
    }
}

fn not_signed(message: &str) -> Finding {
    Finding::new(&rules::ATTESTATION_NOT_SIGNED, message)
        .with_help("publish without attestations, or as a job of GitHub, GitLab.com or Google")
}

/// Why an attestation beside a file does not verify, whoever signed it.
fn invalid(attestation: &FileAttestation, dist: &Dist, verifier: &Verifier) -> Option<Finding> {
    let filename = dist.distribution.filename();
    let is_name = |subject: &str| {
        Filename::parse(subject).is_ok_and(|subject| subject.is_same_distribution(filename))
    };
    let verify = || {
        let attestation = Attestation::parse(attestation.json().as_bytes())?;
        let claims = attestation.certificate_claims()?;
        verifier.verify(
            &attestation,
            is_name,
            dist.digests.sha256(),
            &claims.to_identity(),
        )
    };
    let error = verify().err()?;
    let message = format!("the attestation beside it does not verify: {error}");
    let help = "delete it, so that the file is signed again, or compare the Sigstore instance";
    Some(Finding::new(&rules::ATTESTATION, message).with_help(help))
}
