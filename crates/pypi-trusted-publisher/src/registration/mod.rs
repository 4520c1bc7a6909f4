//! The trusted publisher that matches a job.

use serde::{Serialize, Serializer, ser::SerializeMap};
use url::Url;

use crate::{
    claims::Claims,
    issuer::{GITLAB, Issuer},
    workflow::{github_file, github_repository, gitlab_path},
};

/// The fields of the trusted publisher that matches a job, as in PyPI's form.
///
/// It serializes as the parameters of the [link](Self::link): the `provider`, then each field, null if it is left empty.
///
/// # Examples
///
/// ```
/// use pypi_trusted_publisher::{Claims, Registration};
///
/// // {"iss":"https://accounts.google.com","email":"robot@example.iam.gserviceaccount.com"}
/// let claims = Claims::parse(
///     "e30.eyJpc3MiOiJodHRwczovL2FjY291bnRzLmdvb2dsZS5jb20iLCJlbWFpbCI6InJvYm90QGV4YW1wbGUuaWFtLmdzZXJ2aWNlYWNjb3VudC5jb20ifQ.",
/// )?;
/// let registration = Registration::of(&claims).expect("an issuer that PyPI accepts");
/// let fields: Vec<_> = registration.fields().collect();
/// assert_eq!(fields, [("email", "robot@example.iam.gserviceaccount.com"), ("sub", "")]);
///
/// let link = registration.link(&"https://index.example/".parse()?, "demo", true).expect("a link");
/// assert_eq!(
///     link.as_str(),
///     "https://index.example/manage/project/demo/settings/publishing/?provider=google&email=robot%40example.iam.gserviceaccount.com"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Source
///
/// `warehouse/oidc/forms`, 2026-08-21.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Registration {
    provider: &'static str,
    is_self_managed: bool,
    fields: Vec<Field>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Field {
    name: &'static str,
    label: &'static str,
    value: String,
}

impl Registration {
    /// The publisher that would match a job with these claims; `None` if PyPI does not accept the issuer, or the claims that
    /// it compares are absent.
    ///
    /// Names keep their letter case, in which PyPI compares most of them. The workflow of a GitHub job is the called file of
    /// a reusable workflow if that is in the job's own repository, as PyPI matches it. If it is elsewhere, nothing can match,
    /// and the workflow is the calling file, which is right once the job has moved there.
    ///
    /// PyPI also records the account id of a GitHub repository's owner when the publisher is registered, and compares it.
    pub fn of(claims: &Claims) -> Option<Self> {
        let (provider, fields) = match claims.kind() {
            Issuer::ActiveState => ("activestate", activestate(claims)?),
            Issuer::GitHub => ("github", github(claims)?),
            Issuer::GitLab | Issuer::GitLabSelfManaged => ("gitlab", gitlab(claims)?),
            Issuer::Google => ("google", google(claims)?),
            Issuer::Azure
            | Issuer::Buildkite
            | Issuer::CircleCi
            | Issuer::Forgejo
            | Issuer::GitHubEnterprise
            | Issuer::Unknown => return None,
        };
        Some(Self {
            provider,
            is_self_managed: claims.kind() == Issuer::GitLabSelfManaged,
            fields,
        })
    }

    /// The publisher of a GitHub workflow that has yet to run. `workflow` is the name of its file in `.github/workflows`;
    /// `environment` is empty when any environment may publish.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_trusted_publisher::Registration;
    ///
    /// let registration = Registration::github("octo-org", "demo", "release.yml", "pypi");
    /// let link = registration.link(&"https://index.example/".parse()?, "demo", true).expect("a link");
    /// assert_eq!(
    ///     link.query(),
    ///     Some("provider=github&owner=octo-org&repository=demo&workflow_filename=release.yml&environment=pypi")
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn github(owner: &str, repository: &str, workflow: &str, environment: &str) -> Self {
        Self {
            provider: "github",
            is_self_managed: false,
            fields: github_fields(owner, repository, workflow, environment),
        }
    }

    /// The publisher of a GitLab pipeline that has yet to run. `issuer` is the URL of the GitLab instance, such as
    /// `https://gitlab.com`; `file` is the path of the top-level pipeline file; `environment` is empty when any environment
    /// may publish.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_trusted_publisher::Registration;
    ///
    /// let registration = Registration::gitlab("https://gitlab.com", "group/tools", "demo", ".gitlab-ci.yml", "pypi");
    /// let fields: Vec<_> = registration.fields().collect();
    /// assert_eq!(fields[0], ("namespace", "group/tools"));
    /// ```
    pub fn gitlab(
        issuer: &str,
        namespace: &str,
        project: &str,
        file: &str,
        environment: &str,
    ) -> Self {
        let is_self_managed = issuer != GITLAB;
        Self {
            provider: "gitlab",
            is_self_managed,
            fields: gitlab_fields(
                namespace,
                project,
                file,
                environment,
                is_self_managed.then_some(issuer),
            ),
        }
    }

    /// The provider, as the form names it: `activestate`, `github`, `gitlab` or `google`.
    pub fn provider(&self) -> &str {
        self.provider
    }

    /// The fields in the order of the form, each with the name of its parameter and its value. A field that is left empty has
    /// an empty value.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        fields.map(|field| (field.name, field.value.as_str()))
    }

    /// The fields with the labels of the form, for people.
    pub fn labelled(&self) -> impl Iterator<Item = (&str, &str)> {
        let fields = self.fields.iter();
        fields.map(|field| (field.label, field.value.as_str()))
    }

    /// The page of the index on which the publisher is registered for `project`. `index` is the root of the web site, such as
    /// PyPI's; its query is ignored. `exists` says whether the project exists.
    ///
    /// The form of an existing project opens with its fields filled in. That of a project that does not exist registers a
    /// pending publisher; PyPI's ignores the parameters (2026-08-21), so its fields are to be typed in.
    ///
    /// `None` when `index` is not an http URL, `project` is not a name of a project, or the project does not exist and the
    /// issuer is a self-managed GitLab, which is registered in the settings of an organization.
    pub fn link(&self, index: &Url, project: &str, exists: bool) -> Option<Url> {
        if !matches!(index.scheme(), "http" | "https") || !is_project_name(project) {
            return None;
        }
        if self.is_self_managed && !exists {
            return None;
        }
        let mut url = index.clone();
        url.set_fragment(None);
        // A name or password in the URL is for machines.
        url.set_username("").ok()?;
        url.set_password(None).ok()?;
        let path: &[&str] = if exists {
            &["manage", "project", project, "settings", "publishing", ""]
        } else {
            &["manage", "account", "publishing", ""]
        };
        url.path_segments_mut().ok()?.pop_if_empty().extend(path);
        let mut query = url.query_pairs_mut();
        query.clear().append_pair("provider", self.provider);
        if !exists {
            query.append_pair("project_name", project);
        }
        for (name, value) in self.fields().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        drop(query);
        Some(url)
    }
}

impl Serialize for Registration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len() + 1))?;
        map.serialize_entry("provider", self.provider)?;
        for (name, value) in self.fields() {
            map.serialize_entry(name, &(!value.is_empty()).then_some(value))?;
        }
        map.end()
    }
}

fn activestate(claims: &Claims) -> Option<Vec<Field>> {
    // The id is compared; the form asks for the name.
    claims.text("actor_id")?;
    Some(vec![
        field("organization", "Organization", claims.text("organization")?),
        field(
            "project",
            "ActiveState Project name",
            claims.text("project")?,
        ),
        field("actor", "Actor Username", optional(claims, "actor")),
    ])
}

fn github(claims: &Claims) -> Option<Vec<Field>> {
    let full_name = claims.text("repository")?;
    let (owner, repository) = full_name.split_once('/')?;
    let called = claims.text("job_workflow_ref")?;
    let file = if github_repository(called) == Some(full_name) {
        github_file(called)?
    } else {
        github_file(claims.text("workflow_ref").unwrap_or(called))?
    };
    Some(github_fields(
        owner,
        repository,
        file,
        optional(claims, "environment"),
    ))
}

fn github_fields(owner: &str, repository: &str, workflow: &str, environment: &str) -> Vec<Field> {
    vec![
        field("owner", "Owner", owner),
        field("repository", "Repository name", repository),
        field("workflow_filename", "Workflow name", workflow),
        field("environment", "Environment name", environment),
    ]
}

fn gitlab(claims: &Claims) -> Option<Vec<Field>> {
    let (namespace, project) = claims.text("project_path")?.rsplit_once('/')?;
    let path = gitlab_path(claims.text("ci_config_ref_uri")?)?;
    let is_self_managed = claims.kind() == Issuer::GitLabSelfManaged;
    let issuer = match is_self_managed {
        true => Some(claims.issuer()?),
        false => None,
    };
    Some(gitlab_fields(
        namespace,
        project,
        path,
        optional(claims, "environment"),
        issuer,
    ))
}

/// `issuer` is that of a self-managed GitLab.
fn gitlab_fields(
    namespace: &str,
    project: &str,
    file: &str,
    environment: &str,
    issuer: Option<&str>,
) -> Vec<Field> {
    let mut fields = vec![
        field("namespace", "Namespace", namespace),
        field("project", "Project name", project),
        field("workflow_filepath", "Top-level pipeline file path", file),
        field("environment", "Environment name", environment),
    ];
    if let Some(issuer) = issuer {
        fields.push(field("issuer_url", "GitLab instance", issuer));
    }
    fields
}

/// The subject is optional. It keeps an account out that is created later under the same address.
fn google(claims: &Claims) -> Option<Vec<Field>> {
    Some(vec![
        field("email", "Email", claims.text("email")?),
        field("sub", "Subject", optional(claims, "sub")),
    ])
}

fn field(name: &'static str, label: &'static str, value: &str) -> Field {
    Field {
        name,
        label,
        value: value.to_owned(),
    }
}

fn optional<'c>(claims: &'c Claims, name: &str) -> &'c str {
    claims.text(name).unwrap_or_default()
}

fn is_project_name(name: &str) -> bool {
    let is_inside = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    name.bytes().all(is_inside) && is_end(name.bytes().next()) && is_end(name.bytes().last())
}

#[cfg(test)]
mod tests;
