//! What a certificate says about the job that an ID token belongs to: Fulcio's templates.
//!
//! From `config/identity/config.yaml` of Fulcio (2026-08-05).

use serde_json::Value;

use crate::config::{Claims, Issuer};

/// The subject of a certificate.
#[derive(Debug)]
pub(super) struct Subject {
    pub(super) name: SubjectName,
    /// The text that a key is proved with: a signature over it.
    pub(super) challenge: String,
    /// In the order of the certificate.
    pub(super) claims: Vec<CertificateClaim>,
}

/// The subject alternative name.
#[derive(Debug)]
pub(super) enum SubjectName {
    Email(String),
    Uri(String),
}

/// An extension of Fulcio.
#[derive(Debug)]
pub(super) struct CertificateClaim {
    /// The last number of its object identifier.
    pub(super) arc: u32,
    pub(super) value: String,
}

/// Why a token has no subject.
#[derive(Debug)]
pub(super) enum SubjectError {
    /// The token is not accepted; Fulcio does not tell why.
    Token(&'static str),
    /// A claim is missing.
    Claim(String),
}

impl Subject {
    /// The subject of a verified token.
    pub(super) fn of(issuer: Issuer, claims: &Claims) -> Result<Self, SubjectError> {
        match issuer {
            Issuer::ActiveState => Err(SubjectError::Token("the issuer is unknown")),
            Issuer::GitHub => from_templates(&GITHUB, issuer, claims),
            Issuer::GitLab => from_templates(&GITLAB, issuer, claims),
            Issuer::Google => from_email(issuer, claims),
        }
    }
}

/// How the extensions of an issuer are made. A name in braces stands for a claim.
struct Templates {
    name: &'static str,
    extensions: &'static [(u32, &'static str)],
}

const GITHUB: Templates = Templates {
    name: "https://github.com/{job_workflow_ref}",
    extensions: &[
        (2, "{event_name}"),
        (3, "{sha}"),
        (4, "{workflow}"),
        (5, "{repository}"),
        (6, "{ref}"),
        (9, "https://github.com/{job_workflow_ref}"),
        (10, "{job_workflow_sha}"),
        (11, "{runner_environment}"),
        (12, "https://github.com/{repository}"),
        (13, "{sha}"),
        (14, "{ref}"),
        (15, "{repository_id}"),
        (16, "https://github.com/{repository_owner}"),
        (17, "{repository_owner_id}"),
        (18, "https://github.com/{workflow_ref}"),
        (19, "{workflow_sha}"),
        (20, "{event_name}"),
        (
            21,
            "https://github.com/{repository}/actions/runs/{run_id}/attempts/{run_attempt}",
        ),
        (22, "{repository_visibility}"),
        (23, "{environment}"),
    ],
};

const GITLAB: Templates = Templates {
    name: "https://{ci_config_ref_uri}",
    extensions: &[
        (9, "https://{ci_config_ref_uri}"),
        (10, "{ci_config_sha}"),
        (11, "{runner_environment}"),
        (12, "https://gitlab.com/{project_path}"),
        (13, "{sha}"),
        (14, "refs/{ref_type}/{ref}"),
        (15, "{project_id}"),
        (16, "https://gitlab.com/{namespace_path}"),
        (17, "{namespace_id}"),
        (18, "https://{ci_config_ref_uri}"),
        (19, "{ci_config_sha}"),
        (20, "{pipeline_source}"),
        (21, "https://gitlab.com/{project_path}/-/jobs/{job_id}"),
        (22, "{project_visibility}"),
        (23, "{environment}"),
    ],
};

fn from_templates(
    templates: &Templates,
    issuer: Issuer,
    claims: &Claims,
) -> Result<Subject, SubjectError> {
    let name = ascii(&fill(templates.name, issuer, claims)?);
    let mut extensions = Vec::new();
    for (arc, template) in templates.extensions {
        extensions.push(CertificateClaim {
            arc: *arc,
            value: fill(template, issuer, claims)?,
        });
    }
    let challenge = text(claims, "sub").unwrap_or_default();
    Ok(Subject {
        name: SubjectName::Uri(name),
        claims: with_issuer(issuer, extensions, &challenge),
        challenge,
    })
}

fn from_email(issuer: Issuer, claims: &Claims) -> Result<Subject, SubjectError> {
    if claims.get("email_verified") != Some(&Value::Bool(true)) {
        return Err(SubjectError::Token("the email address is not verified"));
    }
    let email = text(claims, "email").filter(|email| email.is_ascii() && email.contains('@'));
    let email = email.ok_or(SubjectError::Token("the email address is not valid"))?;
    let subject = text(claims, "sub").unwrap_or_default();
    Ok(Subject {
        claims: with_issuer(issuer, Vec::new(), &subject),
        name: SubjectName::Email(email.clone()),
        challenge: email,
    })
}

/// All extensions, by number, without those that are empty. The issuer has two.
fn with_issuer(
    issuer: Issuer,
    mut extensions: Vec<CertificateClaim>,
    subject: &str,
) -> Vec<CertificateClaim> {
    for (arc, value) in [(1, issuer.url()), (8, issuer.url()), (24, subject)] {
        extensions.push(CertificateClaim {
            arc,
            value: value.to_owned(),
        });
    }
    extensions.retain(|extension| !extension.value.is_empty());
    extensions.sort_by_key(|extension| extension.arc);
    extensions
}

fn fill(template: &str, issuer: Issuer, claims: &Claims) -> Result<String, SubjectError> {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = match (issuer, name, text(claims, name)) {
            // A job without an environment has no such claim.
            (_, "environment", None) => String::new(),
            (_, _, None) => {
                return Err(SubjectError::Claim(format!(
                    "value <{name}> not present in either claims or defaults. {{\"Issuer\": \"{}\"}}",
                    issuer.url()
                )));
            }
            (Issuer::GitLab, "ref_type", Some(kind)) if kind == "branch" => "heads".to_owned(),
            (Issuer::GitLab, "ref_type", Some(_)) => "tags".to_owned(),
            (_, _, Some(value)) => value,
        };
        filled.push_str(before);
        filled.push_str(&value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// A claim as text.
fn text(claims: &Claims, name: &str) -> Option<String> {
    match claims.get(name)? {
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// A URI in which characters that a name cannot contain are percent-encoded.
fn ascii(uri: &str) -> String {
    uri.bytes()
        .map(|byte| match byte {
            b'!'..=b'~' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
