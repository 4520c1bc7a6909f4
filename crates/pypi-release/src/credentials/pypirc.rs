//! `.pypirc`, as twine reads it.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use configparser::ini::Ini;
use pypi_trusted_upload::{Index, url::Url};

use super::{
    found::{Found, is_at},
    user_info::UserInfo,
};
use crate::failure::{Exit, Failure};

/// The repositories of a `.pypirc`.
///
/// # Source
///
/// packaging.python.org, "The .pypirc file", and `twine/utils.py`, 2026-11. `[server-login]` is obsolete, and still
/// read there.
pub(super) struct Pypirc {
    ini: Ini,
    /// The file for people.
    name: String,
}

impl Pypirc {
    /// Reads the text of the file that people know as `name`.
    pub(super) fn parse(text: &str, name: &str) -> Result<Self, Failure> {
        let mut settings = Ini::new().defaults();
        // Python's `RawConfigParser`: values may have several lines and any character, also `#`, and `[DEFAULT]` counts.
        settings.multiline = true;
        settings.enable_inline_comments = false;
        settings.cascade_defaults = true;
        let mut ini = Ini::new_from_defaults(settings);
        if let Some((line, what)) = repetition(text) {
            let message = format!("{name} line {line} repeats {what}: keep one of them");
            return Err(Failure::new(Exit::Refused, message));
        }
        // Its errors name the line, and never what is in it.
        let read = ini.read(text.trim_start_matches('\u{feff}').to_owned());
        match read {
            Ok(_) => Ok(Self {
                ini,
                name: name.to_owned(),
            }),
            Err(error) => Err(Failure::new(
                Exit::Refused,
                format!("{name} is not a valid .pypirc ({error}): correct that line"),
            )),
        }
    }

    /// The credentials of each section whose repository is the index.
    pub(super) fn found(&self, index: &Index) -> Result<Vec<Found>, Failure> {
        let mut all = Vec::new();
        for section in self.sections() {
            let Some(repository) = self.repository(&section) else {
                continue;
            };
            let (url, user_info) = match UserInfo::of(repository.clone()) {
                Some((url, user_info)) => (url, Some(user_info)),
                None => (repository, None),
            };
            if !is_at(index, &url) {
                continue;
            }
            let user_info = user_info.as_ref();
            let of_url = |secret: &pypi_trusted_upload::Secret| secret.reveal().to_owned();
            let user = self.value(&section, "username");
            let user = user.or_else(|| user_info.map(|info| of_url(&info.user)));
            let password = self.value(&section, "password");
            let password =
                password.or_else(|| user_info.and_then(|info| info.password.as_ref().map(of_url)));
            let source = self.place(&section);
            all.extend(Found::pair(
                source,
                user.as_deref(),
                password.as_deref(),
                index,
            )?);
        }
        Ok(all)
    }

    /// Why a section that is there does not name a repository.
    pub(super) fn mistake(&self, section: &str) -> Option<Failure> {
        let value = self.set(section, "repository")?;
        let place = self.place(section);
        let message = match value.parse::<Url>() {
            Ok(_) if self.sections().iter().any(|name| name == section) => return None,
            Ok(_) => format!(
                "{place} is not in index-servers of [distutils]: add it there, as twine needs it too"
            ),
            // The text may have a password.
            Err(error) => format!(
                "the repository of {place} is not a URL ({error}): expected one like https://index.example/legacy/"
            ),
        };
        Some(Failure::new(Exit::Usage, message))
    }

    /// The URL of a repository, by its name.
    pub(super) fn url(&self, section: &str) -> Option<Url> {
        let is_listed = self.sections().iter().any(|name| name == section);
        let url = self.repository(section).filter(|_| is_listed)?;
        Some(UserInfo::of(url.clone()).map_or(url, |(url, _)| url))
    }

    /// A section, for people.
    pub(super) fn place(&self, section: &str) -> String {
        format!("[{section}] of {}", self.name)
    }

    /// The names in `index-servers`; `pypi` is always one of them.
    fn sections(&self) -> Vec<String> {
        let servers = self.ini.get("distutils", "index-servers");
        let servers = servers.unwrap_or_else(|| "pypi testpypi".to_owned());
        let mut sections: Vec<String> = vec!["pypi".to_owned()];
        for name in servers.split_whitespace() {
            let name = name.to_lowercase();
            if !sections.contains(&name) {
                sections.push(name);
            }
        }
        sections
    }

    fn repository(&self, section: &str) -> Option<Url> {
        match (self.set(section, "repository"), section) {
            (Some(url), _) => url.parse().ok(),
            (None, "pypi") => Some(Index::pypi().upload_url().clone()),
            (None, "testpypi") => Some(Index::test_pypi().upload_url().clone()),
            (None, _) => None,
        }
    }

    /// A value of a section, or that of `[server-login]`.
    fn value(&self, section: &str, key: &str) -> Option<String> {
        let set = self.set(section, key);
        set.or_else(|| self.set("server-login", key))
    }

    fn set(&self, section: &str, key: &str) -> Option<String> {
        self.ini.get(section, key).filter(|value| !value.is_empty())
    }
}

/// The file in the folder of the user.
pub(super) fn path(home: &Path) -> PathBuf {
    home.join(".pypirc")
}

/// The first line that repeats a section or one of our keys, which Python does not accept either. Which of two passwords
/// is meant cannot be known.
fn repetition(text: &str) -> Option<(usize, String)> {
    const KEYS: [&str; 4] = ["index-servers", "password", "repository", "username"];

    let mut seen = BTreeSet::new();
    let mut section = String::new();
    for (number, line) in (1..).zip(text.lines().map(str::trim)) {
        let what = if line.starts_with('[') {
            section = line.to_lowercase();
            section.clone()
        } else {
            let key = line.split(['=', ':']).next().unwrap_or_default();
            let key = key.trim_end().to_lowercase();
            if !KEYS.contains(&key.as_str()) {
                continue;
            }
            format!("{key} of {section}")
        };
        if !seen.insert(what.clone()) {
            return Some((number, what));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn found(text: &str, index: &Index) -> Vec<(String, String, String)> {
        let pypirc = Pypirc::parse(text, "~/.pypirc").expect("a .pypirc");
        let found = pypirc.found(index).expect("complete credentials");
        let text = |found: Found| {
            let (user, password) = (found.user.reveal(), found.password.reveal());
            (found.source.clone(), user.to_owned(), password.to_owned())
        };
        found.into_iter().map(text).collect()
    }

    fn one(source: &str, user: &str, password: &str) -> Vec<(String, String, String)> {
        vec![(source.to_owned(), user.to_owned(), password.to_owned())]
    }

    fn index(url: &str) -> Index {
        Index::custom(url).expect("a URL")
    }

    /// The shapes that twine's own tests have.
    #[test]
    fn the_files_of_twines_tests() {
        let (pypi, test) = (Index::pypi(), Index::test_pypi());
        let me = one("[pypi] of ~/.pypirc", "testuser", "testpassword");
        let listed = "\n[distutils]\nindex-servers = pypi\n\n[pypi]\nusername = testuser\npassword = testpassword\n";
        assert_eq!(found(listed, &pypi), me);
        assert_eq!(found(listed, &test), []);
        let no_distutils = "\n[pypi]\nusername = testuser\npassword = testpassword\n";
        assert_eq!(found(no_distutils, &pypi), me);
        assert_eq!(found(no_distutils, &test), []);
        let no_section = listed.replace("= pypi", "= pypi foo");
        assert_eq!(found(&no_section, &pypi), me);
        let elsewhere = "\n[pypi]\nrepository = http://pypiproxy\nusername = testuser\npassword = testpassword\n";
        assert_eq!(found(elsewhere, &pypi), [], "the secret is for the proxy");
        assert_eq!(found(elsewhere, &index("http://pypiproxy/")), me);
        assert_eq!(found("\n[pypi]\nusername=\npassword=\n", &pypi), []);
        let deprecated =
            "[server-login]\nusername:testusername\npassword:testpassword\n\n[pypi]\nfoo:bar\n";
        assert_eq!(
            found(deprecated, &test),
            one("[testpypi] of ~/.pypirc", "testusername", "testpassword")
        );
        let unlisted = "[distutils]\nindex-servers = pypi\n[corp]\nrepository = https://corp.example/\nusername = me\npassword = x\n";
        assert_eq!(found(unlisted, &index("https://corp.example/")), []);
    }

    /// Those of the packaging guide.
    #[test]
    fn the_files_of_the_guide() {
        let guide = "[distutils]\nindex-servers =\n    pypi\n    testpypi\n    private-repository\n\n\
             [pypi]\nusername = __token__\npassword = pypi-a#b;c%d\n\n\
             [testpypi]\nusername = __token__\npassword = pypi-t\n\n\
             [private-repository]\nrepository = https://corp.example/pypi\nusername = me\npassword = p=x:y\n";
        assert_eq!(
            found(guide, &Index::pypi()),
            one("[pypi] of ~/.pypirc", "__token__", "pypi-a#b;c%d")
        );
        assert_eq!(
            found(guide, &Index::test_pypi()),
            one("[testpypi] of ~/.pypirc", "__token__", "pypi-t")
        );
        let corp = index("https://corp.example/pypi/");
        assert_eq!(
            found(guide, &corp),
            one("[private-repository] of ~/.pypirc", "me", "p=x:y")
        );
        let indented = "[distutils]\nindex-servers =\n\tother\n\n[other]\n\trepository: https://corp.example/pypi\n\tusername: me\n\tpassword: x\n";
        assert_eq!(
            found(indented, &corp),
            one("[other] of ~/.pypirc", "me", "x")
        );
        let in_url = "[distutils]\nindex-servers = other\n[other]\nrepository = https://me:a%40b@corp.example/pypi\n";
        assert_eq!(
            found(in_url, &corp),
            one("[other] of ~/.pypirc", "me", "a@b")
        );
        let windows = "\u{feff}[pypi]\r\npassword = pypi-x\r\n";
        assert_eq!(
            found(windows, &Index::pypi()),
            one("[pypi] of ~/.pypirc", "__token__", "pypi-x")
        );
        let defaults = "[DEFAULT]\nusername = __token__\n[pypi]\npassword = pypi-x\n";
        assert_eq!(found(defaults, &Index::pypi()).len(), 1);
    }

    #[test]
    fn two_sections_for_one_index_are_two_sources() {
        let text = "[distutils]\nindex-servers = a b\n[a]\nrepository = https://corp.example\nusername = me\npassword = x\n\
             [b]\nrepository = https://corp.example/\nusername = you\npassword = y\n";
        assert_eq!(found(text, &index("https://corp.example/")).len(), 2);
    }

    #[test]
    fn a_section_that_names_no_repository_says_why() {
        let text = "[distutils]\nindex-servers = a\n[a]\nrepository = https://me:hush@corp.example:99999/\n\
             [b]\nrepository = https://corp.example/\n";
        let mistake = |section| {
            let pypirc = Pypirc::parse(text, "FILE").ok()?;
            Some(pypirc.mistake(section)?.message().to_owned())
        };
        assert_eq!(
            mistake("a").as_deref(),
            Some(
                "the repository of [a] of FILE is not a URL (invalid port number): expected one like https://index.example/legacy/"
            )
        );
        assert_eq!(
            mistake("b").as_deref(),
            Some(
                "[b] of FILE is not in index-servers of [distutils]: add it there, as twine needs it too"
            )
        );
        assert_eq!(mistake("c"), None);
    }

    #[test]
    fn nothing_is_there_twice() {
        for (text, message) in [
            (
                "[pypi]\npassword = hush\npassword = other\n",
                "FILE line 3 repeats password of [pypi]: keep one of them",
            ),
            (
                "[pypi]\npassword = hush\n[Pypi]\n",
                "FILE line 3 repeats [pypi]: keep one of them",
            ),
        ] {
            let failure = Pypirc::parse(text, "FILE").err().expect(text);
            assert_eq!(failure.message(), message);
        }
        let text = "[a]\npassword = x\n# password = y\n[b]\npassword = x\n";
        assert!(Pypirc::parse(text, "FILE").is_ok());
    }

    #[test]
    fn an_error_shows_the_line_and_not_its_text() {
        let failure = Pypirc::parse("[pypi\npassword = hush", "FILE").err();
        let message = failure.expect("no closing bracket").message().to_owned();
        assert!(
            message.contains("FILE") && message.contains("line 1"),
            "{message}"
        );
        assert!(!message.contains("hush"));
        let text = "[distutils]\nindex-servers = corp\n[corp]\nrepository = https://corp.example/\npassword = hush\n";
        let pypirc = Pypirc::parse(text, "FILE").expect("a .pypirc");
        let failure = pypirc.found(&index("https://corp.example/"));
        let message = failure.expect_err("no user name").message().to_owned();
        assert!(
            message.contains("[corp] of FILE") && !message.contains("hush"),
            "{message}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_an_error(text in "[\\PC\\n\\t \\[\\]=:#;]{0,200}") {
            if let Ok(pypirc) = Pypirc::parse(&text, "FILE") {
                let _ = pypirc.found(&Index::pypi());
            }
        }
    }
}
