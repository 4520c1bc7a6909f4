//! `--attest`: whether files are signed, by whom, and where the attestations stay.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Args, ValueEnum};
use pypi_local_index::LocalIndex;
use pypi_trusted_upload::{
    Attest, Environment, Publisher, Report,
    attestations::{PredicateType, Sigstore},
    publish::Source,
    trusted_publisher::{Identity, provider::Supplied},
};

use crate::{
    attestation::{Judge, SigstoreArguments, sidecar, write_sidecar},
    console::Console,
    failure::{Exit, Failure},
    files,
    job::check_name,
};

#[derive(Args)]
pub(crate) struct AttestArguments {
    /// Sign each file that has no attestation beside it: required (what --attest alone means) sends nothing unless all
    /// are signed, best-effort sends the others without, off sends no attestations [default:
    /// tool.pypi-release.publish.attest, or send those beside the files]
    #[arg(long, value_enum, value_name = "MODE", num_args = 0..=1, require_equals = true, default_missing_value = "required")]
    attest: Option<AttestMode>,
    #[command(flatten)]
    sigstore: SigstoreArguments,
    /// Sign with the ID token in this environment variable, whose audience is sigstore
    #[arg(long, value_name = "VARIABLE")]
    sigstore_id_token_env: Option<String>,
    /// Also write the attestations that are made into this folder, as FILE.publish.attestation
    #[arg(long, value_name = "FOLDER")]
    write_attestations: Option<PathBuf>,
}

/// What is done about attestations.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum AttestMode {
    BestEffort,
    Off,
    Required,
}

impl AttestMode {
    /// Whether files are signed.
    pub(crate) fn signs(self) -> bool {
        self != Self::Off
    }
}

impl AttestArguments {
    /// What was asked for, or else what is set; `None` to send what is beside the files.
    pub(crate) fn mode(&self, set: Option<&str>) -> Option<AttestMode> {
        let set = set.and_then(|word| AttestMode::from_str(word, false).ok());
        self.attest.or(set)
    }

    /// The variable that contains the ID token.
    pub(super) fn variable(&self) -> Option<&str> {
        self.sigstore_id_token_env.as_deref()
    }

    /// The publisher that signs, or does not.
    pub(super) fn apply(
        &self,
        publisher: Publisher,
        mode: Option<AttestMode>,
        environment: &Environment,
        local: Option<&LocalIndex>,
    ) -> Result<Publisher, Failure> {
        let attest = match mode {
            None => return Ok(publisher),
            Some(AttestMode::Off) => return Ok(publisher.attest(Attest::off())),
            Some(AttestMode::Required) => Attest::required(self.sigstore.instance(local)?),
            Some(AttestMode::BestEffort) => Attest::best_effort(self.sigstore.instance(local)?),
        };
        let attest = attest.allow_private(self.sigstore.allow_private);
        Ok(publisher.attest(match self.identity(environment)? {
            Some(identity) => attest.identity(identity),
            None => attest,
        }))
    }

    /// Who signs, if it is not the job that publishes.
    fn identity(&self, environment: &Environment) -> Result<Option<Identity>, Failure> {
        let Some(variable) = &self.sigstore_id_token_env else {
            return Ok(None);
        };
        check_name("--sigstore-id-token-env", variable)?;
        let provider = Arc::new(Supplied::variable(variable));
        let identity = Identity::first_of([provider as _], environment, Some(Sigstore::AUDIENCE))
            .map_err(|error| Failure::of(Exit::Refused, &error))?;
        match identity {
            Some(identity) => Ok(Some(identity)),
            None => Err(Failure::new(
                Exit::Refused,
                format!(
                    "the variable {variable} contains no ID token: set it, or leave out --sigstore-id-token-env"
                ),
            )),
        }
    }

    /// Makes the folder of the attestations, before anything is signed.
    pub(super) fn make_folder(&self) -> Result<(), Failure> {
        self.write_attestations
            .as_deref()
            .map_or(Ok(()), files::make_folder)
    }

    /// Writes what was signed. What was published is published, whether it can be written or not.
    pub(super) fn write(&self, report: &Report, console: &Console) {
        let Some(folder) = &self.write_attestations else {
            return;
        };
        for file in report.files() {
            let signed = file.attestations().iter();
            for attestation in signed.filter(|one| one.source() == Source::Signed) {
                if let Err(failure) = write(folder, file.filename(), attestation.json(), console) {
                    failure.warn(console);
                }
            }
        }
    }

    /// With what the published attestations are verified.
    pub(crate) fn judge(&self, local: Option<&LocalIndex>) -> Result<Judge, Failure> {
        Ok(Judge::of(&self.sigstore.instance(local)?))
    }
}

fn write(folder: &Path, filename: &str, json: &str, console: &Console) -> Result<(), Failure> {
    let path = sidecar(&folder.join(filename), PredicateType::Publish);
    write_sidecar(&path, json, console)
}
