//! The identity that signs: a trusted publisher, or any other that Sigstore knows.

use std::fmt;

use serde_json::Value;

use crate::Error;
use crate::json::text;

/// The identity that an attestation is expected to be signed by.
///
/// GitHub and GitLab compare the case of a repository here, and PyPI does, too, although it ignores case when it mints a
/// token.
///
/// # Examples
///
/// ```
/// use pypi_attestations::Identity;
///
/// let json = br#"{"kind": "GitHub", "repository": "octo-org/demo", "workflow": "release.yml"}"#;
/// let identity = Identity::parse(json)?;
/// assert_eq!(identity, Identity::github("octo-org/demo", "release.yml"));
/// assert_eq!(identity.to_string(), "workflow release.yml of https://github.com/octo-org/demo");
///
/// let identity = Identity::repository("https://github.com/octo-org/demo")?;
/// assert_eq!(identity.to_string(), "any workflow of https://github.com/octo-org/demo");
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// The publishers of pypi-attestations 0.0.30.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Identity(pub(crate) Kind);

#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Kind {
    Certificate {
        san: String,
        issuer: String,
    },
    CircleCi {
        project: String,
        pipeline: String,
        vcs_origin: Option<String>,
        vcs_ref: Option<String>,
    },
    GitHub {
        repository: String,
        workflow: Option<String>,
    },
    GitLab {
        repository: String,
        workflow_filepath: Option<String>,
    },
    Google {
        email: String,
    },
}

impl Identity {
    /// A workflow of a GitHub repository: `owner/name`, and the name of the file in `.github/workflows`.
    pub fn github(repository: impl Into<String>, workflow: impl Into<String>) -> Self {
        Self(Kind::GitHub {
            repository: repository.into(),
            workflow: Some(workflow.into()),
        })
    }

    /// A pipeline of a project on gitlab.com: its path with all groups, and the path of the pipeline's file.
    pub fn gitlab(repository: impl Into<String>, workflow_filepath: impl Into<String>) -> Self {
        Self(Kind::GitLab {
            repository: repository.into(),
            workflow_filepath: Some(workflow_filepath.into()),
        })
    }

    /// A service account of Google Cloud.
    pub fn google(email: impl Into<String>) -> Self {
        Self(Kind::Google {
            email: email.into(),
        })
    }

    /// A pipeline definition of a project on CircleCI, both by id, for any repository and ref.
    pub fn circleci(project: impl Into<String>, pipeline: impl Into<String>) -> Self {
        Self(Kind::CircleCi {
            project: project.into(),
            pipeline: pipeline.into(),
            vcs_origin: None,
            vcs_ref: None,
        })
    }

    /// A certificate with this subject alternative name, a URI or an e-mail address, issued for a token of this OIDC
    /// issuer.
    pub fn certificate(san: impl Into<String>, issuer: impl Into<String>) -> Self {
        Self(Kind::Certificate {
            san: san.into(),
            issuer: issuer.into(),
        })
    }

    /// Any workflow of a repository, by its URL on github.com or gitlab.com.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) for other URLs.
    pub fn repository(url: &str) -> Result<Self, Error> {
        let path = |start: &str| {
            let path = url.strip_prefix(start)?;
            let path = path.strip_suffix('/').unwrap_or(path);
            let parts = path.split('/').filter(|part| !part.is_empty()).count();
            (parts >= 2 && parts == path.split('/').count()).then(|| path.to_owned())
        };
        if let Some(repository) = path(GITHUB).filter(|path| path.split('/').count() == 2) {
            return Ok(Self(Kind::GitHub {
                repository,
                workflow: None,
            }));
        }
        if let Some(repository) = path(GITLAB) {
            return Ok(Self(Kind::GitLab {
                repository,
                workflow_filepath: None,
            }));
        }
        Err(malformed(format!(
            "{url:?} is not the URL of a repository, expected {GITHUB}OWNER/NAME or {GITLAB}GROUP/NAME"
        )))
    }

    /// Reads an identity: the `publisher` of a provenance object, or `{"san": …, "issuer": …}`.
    ///
    /// Members that do not take part in a verification, such as `environment`, are ignored.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) when it is longer than 64 KiB, a member is missing, or its kind is unknown.
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        if json.len() > MAX_IDENTITY {
            return Err(malformed(format!("longer than {MAX_IDENTITY} bytes")));
        }
        Self::from_value(&serde_json::from_slice(json).map_err(malformed)?)
    }

    pub(crate) fn from_value(object: &Value) -> Result<Self, Error> {
        members(object).map_err(malformed)
    }
}

pub(crate) const GITHUB: &str = "https://github.com/";
pub(crate) const GITLAB: &str = "https://gitlab.com/";

const MAX_IDENTITY: usize = 64 * 1024;

fn members(object: &Value) -> Result<Identity, String> {
    if object.get("kind").is_none() && object.get("san").is_some() {
        return Ok(Identity::certificate(
            text(object, "san")?,
            text(object, "issuer")?,
        ));
    }
    let optional = |key| match object.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(object, key).map(|text| Some(text.to_owned())),
    };
    Ok(match text(object, "kind")? {
        "CircleCI" => Identity(Kind::CircleCi {
            project: text(object, "project_id")?.to_owned(),
            pipeline: text(object, "pipeline_definition_id")?.to_owned(),
            vcs_origin: optional("vcs_origin")?,
            vcs_ref: optional("vcs_ref")?,
        }),
        "GitHub" => Identity::github(text(object, "repository")?, text(object, "workflow")?),
        "GitLab" => Identity::gitlab(
            text(object, "repository")?,
            text(object, "workflow_filepath")?,
        ),
        "Google" => Identity::google(text(object, "email")?),
        kind => {
            return Err(format!(
                "`kind` is {kind:?}, expected \"CircleCI\", \"GitHub\", \"GitLab\" or \"Google\""
            ));
        }
    })
}

fn malformed(why: impl fmt::Display) -> Error {
    Error::new(
        crate::ErrorKind::Malformed,
        format!("not an identity that signs attestations: {why}"),
    )
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Certificate { san, issuer } => write!(f, "{san} of {issuer}"),
            Kind::CircleCi {
                project, pipeline, ..
            } => write!(
                f,
                "pipeline definition {pipeline} of CircleCI project {project}"
            ),
            Kind::GitHub {
                repository,
                workflow: Some(workflow),
            } => write!(f, "workflow {workflow} of {GITHUB}{repository}"),
            Kind::GitHub { repository, .. } => write!(f, "any workflow of {GITHUB}{repository}"),
            Kind::GitLab {
                repository,
                workflow_filepath: Some(path),
            } => write!(f, "pipeline {path} of {GITLAB}{repository}"),
            Kind::GitLab { repository, .. } => write!(f, "any pipeline of {GITLAB}{repository}"),
            Kind::Google { email } => write!(f, "Google account {email}"),
        }
    }
}
