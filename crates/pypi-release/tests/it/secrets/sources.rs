//! The sources of credentials, each with a secret that is easy to find.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tempfile::TempDir;

use crate::{
    command::{text, write},
    credentials::{Setup, restrict},
};

/// The part of every secret that no encoding but base64 changes.
pub(super) const CORE: &str = "zqLEAKED4711qz";
pub(super) const USER: &str = "release-bot";

/// A source of credentials, and what it needs.
pub(super) struct Source {
    pub(super) name: &'static str,
    pub(super) user: &'static str,
    pub(super) secret: &'static str,
    /// The path of the index.
    pub(super) path: &'static str,
    pub(super) setup: fn(&Place<'_>) -> Setup,
    /// The index, as the options name it.
    pub(super) index: fn(&Place<'_>) -> String,
}

/// Where things are in a run.
pub(super) struct Place<'a> {
    /// Of files with secrets.
    pub(super) sources: &'a TempDir,
    pub(super) url: &'a str,
    pub(super) source: &'a Source,
}

/// The end of [`PASSWORD`].
pub(super) const END: &str = r#"w"r\d&<b>"#;

pub(super) const PASSWORD: &str = r#"p:zqLEAKED4711qz#%20 w"r\d&<b>"#;
const TOKEN: &str = "pypi-zqLEAKED4711qz_-.~token";

const OF_TOKEN: Source = Source {
    name: "--token-env",
    user: "__token__",
    secret: TOKEN,
    path: "/",
    setup: |_| mine("--token-env=MINE", TOKEN),
    index: |place| place.url.to_owned(),
};

const OF_PASSWORD: Source = Source {
    name: "--password-env",
    user: USER,
    secret: PASSWORD,
    setup: |_| mine("--password-env=MINE", PASSWORD).option("--username=release-bot"),
    ..OF_TOKEN
};

pub(super) const SOURCES: [Source; 12] = [
    OF_TOKEN,
    OF_PASSWORD,
    Source {
        name: "UV_PUBLISH_TOKEN",
        setup: |_| Setup::default().variable("UV_PUBLISH_TOKEN", TOKEN),
        ..OF_TOKEN
    },
    Source {
        name: "UV_PUBLISH_PASSWORD",
        setup: |_| {
            let setup = Setup::default().variable("UV_PUBLISH_USERNAME", USER);
            setup.variable("UV_PUBLISH_PASSWORD", PASSWORD)
        },
        ..OF_PASSWORD
    },
    Source {
        name: "TWINE_PASSWORD",
        setup: |_| {
            let setup = Setup::default().variable("TWINE_USERNAME", USER);
            setup.variable("TWINE_PASSWORD", PASSWORD)
        },
        ..OF_PASSWORD
    },
    Source {
        name: "~/.pypirc",
        setup: |place| {
            place.write(".pypirc", &place.pypirc(place.url));
            Setup::default()
        },
        index: |_| "corp".to_owned(),
        ..OF_PASSWORD
    },
    Source {
        name: "--config-file",
        setup: |place| {
            let path = place.write("settings", &place.pypirc(place.url));
            Setup::default().option(format!("--config-file={path}"))
        },
        ..OF_PASSWORD
    },
    Source {
        name: "a URL in --config-file",
        setup: |place| {
            let in_url = place.in_url();
            let content = format!("[distutils]\nindex-servers=corp\n[corp]\nrepository={in_url}\n");
            let path = place.write("settings", &content);
            Setup::default().option(format!("--config-file={path}"))
        },
        ..OF_PASSWORD
    },
    Source {
        name: "--netrc",
        setup: |place| {
            let quoted = PASSWORD.replace('\\', "\\\\").replace('"', "\\\"");
            let entry = format!("machine 127.0.0.1 login {USER} password \"{quoted}\"\n");
            let path = place.write("netrc", &entry);
            Setup::default().option(format!("--netrc={path}"))
        },
        ..OF_PASSWORD
    },
    Source {
        name: "keyring",
        setup: |place| {
            place.write("of-the-keyring", PASSWORD);
            Setup::default()
                .option("--keyring-provider=subprocess")
                .option("--username=release-bot")
        },
        ..OF_PASSWORD
    },
    Source {
        name: "CI_JOB_TOKEN",
        user: "gitlab-ci-token",
        path: "/api/v4/projects/7/packages/pypi/",
        setup: |place| {
            let (api, _) = place.url.split_once("/projects").expect("a registry");
            Setup::default()
                .variable("GITLAB_CI", "true")
                .variable("CI_API_V4_URL", api)
                .variable("CI_JOB_TOKEN", TOKEN)
        },
        ..OF_TOKEN
    },
    Source {
        name: "the URL of --index",
        setup: |_| Setup::default(),
        index: |place| place.in_url(),
        ..OF_PASSWORD
    },
];

fn mine(option: &str, secret: &str) -> Setup {
    Setup::default().option(option).variable("MINE", secret)
}

impl Place<'_> {
    pub(super) fn write(&self, name: &str, content: &str) -> String {
        let path = write(self.sources, name, content.as_bytes());
        restrict(&path, 0o600);
        text(&path).to_owned()
    }

    fn pypirc(&self, url: &str) -> String {
        let Source { user, secret, .. } = self.source;
        format!(
            "[distutils]\nindex-servers = corp\n[corp]\nrepository = {url}\nusername = {user}\npassword = {secret}\n"
        )
    }

    fn in_url(&self) -> String {
        let secret = utf8_percent_encode(self.source.secret, NON_ALPHANUMERIC);
        let user = format!("http://{}:{secret}@", self.source.user);
        self.url.replacen("http://", &user, 1)
    }
}
