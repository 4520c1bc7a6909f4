//! Patterns of paths: `*` stands for any characters of a name, `?` for one, `**` for any folders.

use std::{
    fs, io,
    path::{Path, PathBuf},
    str::Chars,
};

/// A pattern of paths below a folder, with `/`.
#[derive(Clone, Debug)]
pub(crate) struct Glob(Vec<String>);

/// The maximum number of folders that one pattern reads.
const MAX_FOLDERS: usize = 10_000;

impl Glob {
    /// Parses a pattern, or returns what was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, &'static str> {
        if text.contains(['[', ']', '{', '}']) {
            return Err("a pattern of *, ? and **: classes and alternatives are not supported");
        }
        let leaves = text.split('/').any(|part| part == "..");
        if text.is_empty() || text.starts_with('/') || leaves || text.contains(['\\', ':', '\0']) {
            return Err("a pattern of paths below the project, with /");
        }
        let parts = text.split('/').filter(|part| !matches!(*part, "" | "."));
        Ok(Self(parts.map(str::to_owned).collect()))
    }

    /// Returns the files and folders below `folder` that match, by name.
    ///
    /// Names that begin with a dot match only parts that do too. Links to folders are followed where the pattern names
    /// them, and not by `**`.
    pub(crate) fn find(&self, folder: &Path) -> io::Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut open = vec![(folder.to_owned(), self.0.as_slice())];
        let mut read = 0;
        while let Some((path, parts)) = open.pop() {
            let Some((part, rest)) = parts.split_first() else {
                found.push(path);
                continue;
            };
            if !part.contains(['*', '?']) {
                let path = path.join(part);
                if path.symlink_metadata().is_ok() {
                    open.push((path, rest));
                }
                continue;
            }
            if part == "**" {
                open.push((path.clone(), rest));
            }
            if !path.is_dir() {
                continue;
            }
            read += 1;
            if read > MAX_FOLDERS {
                return Err(io::Error::other(format!(
                    "the pattern matches more than {MAX_FOLDERS} folders"
                )));
            }
            for (name, is_folder) in entries(&path)? {
                let path = path.join(&name);
                if part == "**" {
                    if is_folder && !name.starts_with('.') {
                        open.push((path, parts));
                    }
                } else if matches(part, &name) && name.starts_with('.') == part.starts_with('.') {
                    open.push((path, rest));
                }
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// The names in a folder that are text, and whether each is a folder and not a link to one.
#[expect(
    clippy::disallowed_methods,
    reason = "the command finds the files that its user names"
)]
fn entries(folder: &Path) -> io::Result<Vec<(String, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if let Ok(name) = entry.file_name().into_string() {
            entries.push((name, entry.file_type()?.is_dir()));
        }
    }
    Ok(entries)
}

/// Returns whether all of `name` matches: `*` stands for any characters, `?` for one.
///
/// Backtracks to the last `*` only, so that the time is at most the product of both lengths.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let (mut pattern, mut name) = (pattern.chars(), name.chars());
    let mut retry: Option<(Chars<'_>, Chars<'_>)> = None;
    loop {
        match (pattern.next(), name.clone().next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((pattern.clone(), name.clone()));
                continue;
            }
            (Some(wanted), Some(found)) if wanted == '?' || wanted == found => {
                name.next();
                continue;
            }
            _ => {}
        }
        let Some((after_star, rest)) = &mut retry else {
            return false;
        };
        if rest.next().is_none() {
            return false;
        }
        (pattern, name) = (after_star.clone(), rest.clone());
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "the test's own files")]
mod tests {
    use super::*;

    #[test]
    fn patterns_find_files_and_folders() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a/b/x.whl", "a/y.whl", "c/x.txt", ".d/x.whl", "z.whl"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        for (pattern, expected) in [
            ("*", &["a", "c", "z.whl"][..]),
            ("*.whl", &["z.whl"]),
            ("**/*.whl", &["a/b/x.whl", "a/y.whl", "z.whl"]),
            ("a/**", &["a", "a/b"]),
            ("?/x.*", &["c/x.txt"]),
            ("./a//y.whl", &["a/y.whl"]),
            (".d/*", &[".d/x.whl"]),
            ("z.whl/*", &[]),
            ("no", &[]),
        ] {
            let found = Glob::parse(pattern).unwrap().find(folder.path()).unwrap();
            let found: Vec<&Path> = found
                .iter()
                .map(|path| path.strip_prefix(folder.path()).unwrap())
                .collect();
            let expected: Vec<&Path> = expected.iter().map(Path::new).collect();
            assert_eq!(found, expected, "{pattern}");
        }
    }

    #[test]
    fn a_pattern_stays_below_its_folder() {
        for pattern in ["", "/a", "../a", "a/../b", "a\\b", "c:a", "[ab]", "{a,b}"] {
            assert!(Glob::parse(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn a_pattern_cannot_make_matching_slow() {
        assert!(matches("*1*2*", "v1.2"));
        assert!(!matches("*1*2", "v1.2.3"));
        assert!(!matches(&"*a".repeat(100), &"a".repeat(99)));
    }
}
