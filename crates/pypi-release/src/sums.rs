//! `SHA256SUMS`: the digests of files, in the format of `sha256sum`.

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
};

use clap::Args;
use pypi_trusted_upload::upload::Digests;

use crate::{
    failure::{Exit, Failure},
    files,
};

/// Where digests are verified and written.
#[derive(Args, Clone, Debug)]
pub(crate) struct SumsArguments {
    /// Compare the files with this SHA256SUMS, which must list all of them and no others
    #[arg(long, value_name = "FILE")]
    pub(crate) sums: Option<PathBuf>,
    /// Write the digests of the files to this file, for `sha256sum -c`
    #[arg(long, value_name = "FILE")]
    pub(crate) write_sums: Option<PathBuf>,
}

/// The sha256 of files by their names, without folders.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Sums(BTreeMap<String, String>);

/// A difference between the files that are listed and those that are given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Difference {
    /// The file has other content.
    Different {
        name: String,
        expected: String,
        found: String,
    },
    /// The file is not listed.
    Extra { name: String },
    /// The file is listed and was not given.
    Missing { name: String },
}

/// The maximum number of bytes of a file with digests.
const MAX_LENGTH: u64 = 4 * 1024 * 1024;

/// The number of digits of a sha256.
const DIGITS: usize = 64;

impl SumsArguments {
    /// Returns `files` without those that these arguments name: `dist/*` contains them too.
    pub(crate) fn without_sums(&self, files: &[PathBuf]) -> Vec<PathBuf> {
        // `./dist/SHA256SUMS` and `dist/SHA256SUMS` are the same file.
        let whole = |path: &PathBuf| path.canonicalize().unwrap_or_else(|_| path.clone());
        let sums: Vec<PathBuf> = self
            .sums
            .iter()
            .chain(&self.write_sums)
            .map(whole)
            .collect();
        let is_sums = |path: &&PathBuf| sums.contains(&whole(path));
        files
            .iter()
            .filter(|path| !is_sums(path))
            .cloned()
            .collect()
    }
}

impl Sums {
    /// Reads a file in the format of `sha256sum`. Folders in its names are left out.
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read(path, MAX_LENGTH)?;
        let wrong =
            |what: String| Failure::new(Exit::Refused, format!("{}: {what}", path.display()));
        Self::parse(&text).map_err(wrong)
    }

    /// Digests files.
    pub(crate) fn of_files<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<Self, Failure> {
        let mut sums = Self::default();
        for path in paths {
            let wrong =
                |what: &str| Failure::new(Exit::Refused, format!("{}: {what}", path.display()));
            let name = path.file_name().and_then(|name| name.to_str());
            let name = name.ok_or_else(|| wrong("the file name is not Unicode"))?;
            let digest = sha256(path)
                .map_err(|error| wrong(&format!("the file cannot be read: {error}")))?;
            sums.insert(name, &digest).map_err(|what| wrong(&what))?;
        }
        Ok(sums)
    }

    /// Adds a file; a second one of its name must have the same digest.
    pub(crate) fn insert(&mut self, name: &str, sha256: &str) -> Result<(), String> {
        let before = self.0.insert(name.to_owned(), sha256.to_ascii_lowercase());
        match before {
            Some(before) if !before.eq_ignore_ascii_case(sha256) => Err(format!(
                "two files with the name {name:?} have different digests"
            )),
            _ => Ok(()),
        }
    }

    /// Adds the files of `other` whose names are not here.
    pub(crate) fn extend(&mut self, other: &Self) {
        for (name, sha256) in &other.0 {
            self.0.entry(name.clone()).or_insert_with(|| sha256.clone());
        }
    }

    /// The names and digests, ordered by name.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .map(|(name, sha256)| (name.as_str(), sha256.as_str()))
    }

    /// Compares what is listed here with the files that were given.
    pub(crate) fn differences(&self, given: &Self) -> Vec<Difference> {
        let listed = self.iter().filter_map(|(name, expected)| {
            let name = name.to_owned();
            match given.0.get(&name) {
                None => Some(Difference::Missing { name }),
                Some(found) if found != expected => Some(Difference::Different {
                    name,
                    expected: expected.to_owned(),
                    found: found.clone(),
                }),
                Some(_) => None,
            }
        });
        let extra = given.0.keys().filter(|name| !self.0.contains_key(*name));
        let extra = extra.map(|name| Difference::Extra { name: name.clone() });
        listed.chain(extra).collect()
    }

    /// Parses the lines of `sha256sum`: digest, two spaces or a space and `*`, name.
    fn parse(text: &str) -> Result<Self, String> {
        let mut sums = Self::default();
        for (at, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            let entry = entry(line);
            let (sha256, name) = entry.ok_or_else(|| {
                let number = at + 1;
                format!("line {number} is not a sha256, two spaces and a file name")
            })?;
            sums.insert(&name, sha256)?;
        }
        match sums.0.is_empty() {
            true => Err("no files are listed".to_owned()),
            false => Ok(sums),
        }
    }
}

impl fmt::Display for Sums {
    /// Writes the lines as `sha256sum` does, ordered by name.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, sha256) in self.iter() {
            if name.contains(['\\', '\n', '\r']) {
                let name = name.replace('\\', "\\\\");
                let name = name.replace('\n', "\\n").replace('\r', "\\r");
                writeln!(f, "\\{sha256}  {name}")?;
            } else {
                writeln!(f, "{sha256}  {name}")?;
            }
        }
        Ok(())
    }
}

impl Difference {
    /// The id of its rule.
    pub(crate) fn rule(&self) -> &'static str {
        match self {
            Self::Different { .. } => "sums-different",
            Self::Extra { .. } => "sums-extra",
            Self::Missing { .. } => "sums-missing",
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Different {
                name,
                expected,
                found,
            } => write!(f, "{name} has sha256 {found}, expected {expected}"),
            Self::Extra { name } => write!(f, "{name} is not listed"),
            Self::Missing { name } => write!(f, "{name} is listed and was not given"),
        }
    }
}

/// The digest and the name of a line, without folders.
fn entry(line: &str) -> Option<(&str, String)> {
    let (is_escaped, line) = match line.strip_prefix('\\') {
        Some(line) => (true, line),
        None => (false, line),
    };
    let (sha256, rest) = line.split_at_checked(DIGITS)?;
    let name = rest
        .strip_prefix("  ")
        .or_else(|| rest.strip_prefix(" *"))?;
    let path = match is_escaped {
        true => unescape(name)?,
        false => name.to_owned(),
    };
    let name = path.rsplit('/').next().unwrap_or_default();
    let is_valid = sha256.bytes().all(|byte| byte.is_ascii_hexdigit()) && !name.is_empty();
    is_valid.then(|| (sha256, name.to_owned()))
}

fn unescape(name: &str) -> Option<String> {
    let mut plain = String::with_capacity(name.len());
    let mut characters = name.chars();
    while let Some(c) = characters.next() {
        plain.push(match c {
            '\\' => match characters.next()? {
                '\\' => '\\',
                'n' => '\n',
                'r' => '\r',
                _ => return None,
            },
            c => c,
        });
    }
    Some(plain)
}

fn sha256(path: &Path) -> std::io::Result<String> {
    Ok(Digests::read(files::open(path)?)?.sha256().to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const A: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const B: &str = "1123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    fn sums(entries: &[(&str, &str)]) -> Sums {
        let mut sums = Sums::default();
        for (name, sha256) in entries {
            sums.insert(name, sha256).unwrap();
        }
        sums
    }

    #[test]
    fn lines_are_those_of_sha256sum() {
        let written = sums(&[("b.whl", A), ("a\nb\\c", B)]).to_string();
        assert_eq!(written, format!("\\{B}  a\\nb\\\\c\n{A}  b.whl\n"));
        let read = format!("# x\r\n{}  dist/a.whl\r\n\n{B} *b c\n", A.to_uppercase());
        assert_eq!(Sums::parse(&read), Ok(sums(&[("a.whl", A), ("b c", B)])));
    }

    #[test]
    fn other_lines_are_errors() {
        for (text, message) in [
            (
                format!("{A} x"),
                "line 1 is not a sha256, two spaces and a file name",
            ),
            (
                format!("{A}  x\n{A}  "),
                "line 2 is not a sha256, two spaces and a file name",
            ),
            (
                format!("{A}  dist/"),
                "line 1 is not a sha256, two spaces and a file name",
            ),
            (
                format!("g{}  x", &A[1..]),
                "line 1 is not a sha256, two spaces and a file name",
            ),
            (
                format!("\\{A}  a\\tb"),
                "line 1 is not a sha256, two spaces and a file name",
            ),
            (
                "é".repeat(80),
                "line 1 is not a sha256, two spaces and a file name",
            ),
            (
                format!("{A}  a/x\n{B}  b/x"),
                "two files with the name \"x\" have different digests",
            ),
            (String::new(), "no files are listed"),
        ] {
            assert_eq!(Sums::parse(&text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn the_list_may_be_among_the_files_in_any_spelling() {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("SHA256SUMS");
        files::write(&list, "").unwrap();
        let other = folder.path().join("demo.whl");
        let name = folder.path().file_name().unwrap();
        let arguments = SumsArguments {
            sums: Some(folder.path().join("..").join(name).join("SHA256SUMS")),
            write_sums: None,
        };
        assert_eq!(arguments.without_sums(&[list, other.clone()]), [other]);
    }

    #[test]
    fn each_difference_is_named() {
        let listed = sums(&[("a", A), ("b", A), ("c", A)]);
        let given = sums(&[("b", B), ("c", A), ("d", A)]);
        let found: Vec<_> = listed
            .differences(&given)
            .iter()
            .map(|difference| (difference.rule(), difference.to_string()))
            .collect();
        assert_eq!(
            found,
            [
                ("sums-missing", "a is listed and was not given".to_owned()),
                ("sums-different", format!("b has sha256 {B}, expected {A}")),
                ("sums-extra", "d is not listed".to_owned()),
            ]
        );
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(names in prop::collection::btree_set("[^/\\x00]{1,12}", 1..4)) {
            let names: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), A)).collect();
            let written = sums(&names);
            prop_assert_eq!(Sums::parse(&written.to_string()), Ok(written));
        }

        #[test]
        fn no_text_panics(text in "[\\PC\\n\\\\0-9a-f ]{0,90}") {
            let _ = Sums::parse(&text);
        }
    }
}
