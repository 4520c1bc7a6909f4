//! The environment variables that a command sees.

use std::collections::BTreeMap;

use pypi_trusted_upload::Environment;

/// The variables that programs need to find their files, the network and a compiler. None is a secret.
///
/// Settings of pip, uv and Python are not among them: they could make an installer use another index, or an
/// interpreter import other code.
pub(super) fn needed(environment: &Environment) -> BTreeMap<String, String> {
    let is_needed = |name: &str, _: &str| {
        let name = name.to_ascii_uppercase();
        NEEDED.contains(&name.as_str()) || name.starts_with("LC_")
    };
    chosen(environment, is_needed)
}

/// All variables except those that contain a secret, by their names or values, or redirect an installation.
pub(super) fn without_secrets(environment: &Environment) -> BTreeMap<String, String> {
    let may_pass = |name: &str, value: &str| {
        let name = name.to_ascii_uppercase();
        let is_secret = SECRET_PARTS.iter().any(|part| name.contains(part)) || is_secret(value);
        let is_foreign = FOREIGN_STARTS.iter().any(|start| name.starts_with(start));
        NEEDED.contains(&name.as_str()) || !(is_secret || is_foreign)
    };
    chosen(environment, may_pass)
}

/// All variables except those that speak for the CI job, upload, or redirect an installation.
pub(super) fn of_others(environment: &Environment) -> BTreeMap<String, String> {
    let may_pass = |name: &str, _: &str| {
        let name = name.to_ascii_uppercase();
        !FOREIGN_STARTS.iter().any(|start| name.starts_with(start))
    };
    chosen(environment, may_pass)
}

fn chosen(
    environment: &Environment,
    is_chosen: impl Fn(&str, &str) -> bool,
) -> BTreeMap<String, String> {
    environment
        .iter()
        .filter(|(name, value)| is_chosen(name, value))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Whether a value has the form of a secret: a token, which in GitLab has any name, or a URL with a password.
fn is_secret(value: &str) -> bool {
    let is_jwt = value.starts_with("eyJ") && value.split('.').count() >= 3;
    let authority = value
        .split_once("://")
        .and_then(|(_, rest)| rest.split(['/', '?', '#']).next());
    let user = authority.and_then(|authority| authority.rsplit_once('@'));
    let has_password = user.is_some_and(|(user, _)| user.contains(':'));
    is_jwt || has_password || TOKEN_STARTS.iter().any(|start| value.starts_with(start))
}

/// In upper case: Windows does not distinguish, and proxies are set in both.
#[rustfmt::skip]
const NEEDED: &[&str] = &[
    // The user, the files and the language.
    "HOME", "LANG", "LANGUAGE", "LOGNAME", "PATH", "SHELL", "TEMP", "TERM", "TMP", "TMPDIR", "TZ", "USER",
    "XDG_CACHE_HOME",
    // Windows.
    "APPDATA", "COMSPEC", "LOCALAPPDATA", "NUMBER_OF_PROCESSORS", "PATHEXT", "PROCESSOR_ARCHITECTURE", "PROGRAMDATA",
    "PROGRAMFILES", "PROGRAMFILES(X86)", "SYSTEMDRIVE", "SYSTEMROOT", "USERPROFILE", "WINDIR",
    // The network.
    "ALL_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    // Libraries and compilers, for a build from an sdist.
    "AR", "CARGO_HOME", "CC", "CFLAGS", "CPPFLAGS", "CXX", "CXXFLAGS", "DEVELOPER_DIR", "INCLUDE", "LDFLAGS",
    "LD_LIBRARY_PATH", "LIB", "LIBPATH", "MACOSX_DEPLOYMENT_TARGET", "PKG_CONFIG_PATH", "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN", "SDKROOT",
];

/// Parts of the names of variables that contain secrets, among them every ID token, API token and webhook.
const SECRET_PARTS: &[&str] = &[
    "API_KEY",
    "APIKEY",
    "AUTH",
    "CREDENTIAL",
    "PASSPHRASE",
    "PASSWD",
    "PASSWORD",
    "PRIVATE",
    "SECRET",
    "SIGNING",
    "TOKEN",
    "WEBHOOK",
    "_KEY",
    "_PAT",
];

/// Beginnings of API tokens of PyPI, GitHub and GitLab.
const TOKEN_STARTS: &[&str] = &[
    "pypi-Ag",
    "ghp_",
    "gho_",
    "ghs_",
    "ghu_",
    "github_pat_",
    "glpat-",
];

/// Beginnings of the names of variables that speak for the CI job, upload, or choose where packages come from.
const FOREIGN_STARTS: &[&str] = &["ACTIONS_", "PIP_", "PYPI_", "TWINE_", "UV_"];

#[cfg(test)]
mod tests {
    use super::*;

    fn names(variables: &BTreeMap<String, String>) -> Vec<&str> {
        variables.keys().map(String::as_str).collect()
    }

    #[test]
    fn a_secret_passes_to_no_command() {
        let secrets = [
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN",
            "ACTIONS_ID_TOKEN_REQUEST_URL",
            "ACTIONS_RUNTIME_TOKEN",
            "AWS_SECRET_ACCESS_KEY",
            "BUILDKITE_AGENT_ACCESS_TOKEN",
            "CI_JOB_TOKEN",
            "CIRCLE_OIDC_TOKEN_V2",
            "GH_TOKEN",
            "GITHUB_TOKEN",
            "Github_Token",
            "PYPI_ID_TOKEN",
            "RELEASE_WEBHOOK",
            "SLACK_WEBHOOK_URL",
            "TWINE_PASSWORD",
            "TWINE_USERNAME",
            "UV_PUBLISH_TOKEN",
        ];
        let environment = Environment::from_vars(secrets.map(|name| (name, "hush")));
        assert_eq!(names(&needed(&environment)), [""; 0]);
        assert_eq!(names(&without_secrets(&environment)), [""; 0]);
    }

    #[test]
    fn a_secret_under_another_name_passes_to_no_shell() {
        let secrets = [
            ("FOR_PYPI", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln"),
            ("DATABASE_URL", "postgres://me:hush@db.example/x"),
            ("BOT", "ghs_hush"),
            ("UPLOADER", "pypi-AgEIcHlwaS5vcmc"),
        ];
        assert_eq!(
            names(&without_secrets(&Environment::from_vars(secrets))),
            [""; 0]
        );
        let others = [
            ("HTTPS_PROXY", "http://me:hush@proxy.example:8080"),
            ("REPOSITORY", "https://me@git.example/a:b@c"),
            ("WORD", "eyJ.x"),
        ];
        let environment = Environment::from_vars(others);
        assert_eq!(without_secrets(&environment).len(), others.len());
    }

    #[test]
    fn no_setting_redirects_an_installation() {
        let settings = [
            "PIP_INDEX_URL",
            "PIP_CONFIG_FILE",
            "UV_INDEX",
            "UV_DEFAULT_INDEX",
        ];
        let environment = Environment::from_vars(settings.map(|name| (name, "x")));
        assert_eq!(names(&needed(&environment)), [""; 0]);
        assert_eq!(names(&without_secrets(&environment)), [""; 0]);
    }

    #[test]
    fn what_programs_need_passes() {
        let names_of_needed = [
            "LC_ALL",
            "PATH",
            "SSL_CERT_FILE",
            "SystemRoot",
            "https_proxy",
        ];
        let all = names_of_needed.iter().chain(&["CI", "PYTHONPATH"]);
        let environment = Environment::from_vars(all.map(|name| (*name, "x")));
        assert_eq!(names(&needed(&environment)), names_of_needed);
        assert_eq!(without_secrets(&environment).len(), 7);
    }
}
