//! Patterns of paths: `*` stands for any characters of a name, `?` for one, `**` for any folders.

use std::{
    ffi::OsString,
    fs, io,
    path::{Component, Path, PathBuf},
};

use pypi_trusted_upload::versioning::TagFilter;

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

    /// Splits a path that a user wrote into the folder before its first wildcard, and the pattern; `None` without one.
    ///
    /// # Errors
    ///
    /// What was expected, if `..` follows a wildcard.
    pub(crate) fn of_argument(path: &Path) -> Result<Option<(PathBuf, Self)>, &'static str> {
        let mut folder = PathBuf::new();
        let mut parts: Vec<String> = Vec::new();
        for component in path.components() {
            let text = component.as_os_str().to_str();
            match (component, text) {
                (Component::Normal(_), Some(text))
                    if !parts.is_empty() || text.contains(['*', '?']) =>
                {
                    parts.push(text.to_owned());
                }
                _ if parts.is_empty() => folder.push(component),
                _ => return Err("a pattern of Unicode without .. after its first * or ?"),
            }
        }
        Ok((!parts.is_empty()).then_some((folder, Self(parts))))
    }

    /// Whether it has brackets or braces, which stand for themselves here and for more in a shell.
    pub(crate) fn has_brackets(&self) -> bool {
        self.0.iter().any(|part| part.contains(['[', '{']))
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
                // One that is not text matches what its text does, and is not left out.
                let name = name.to_string_lossy();
                if part == "**" {
                    if is_folder && !name.starts_with('.') {
                        open.push((path, parts));
                    }
                } else if TagFilter::glob_matches(part, &name)
                    && name.starts_with('.') == part.starts_with('.')
                {
                    open.push((path, rest));
                }
            }
        }
        found.sort();
        found.dedup();
        Ok(found)
    }
}

/// The names in a folder, and whether each is a folder and not a link to one.
#[expect(
    clippy::disallowed_methods,
    reason = "the command finds the files that its user names"
)]
fn entries(folder: &Path) -> io::Result<Vec<(OsString, bool)>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        entries.push((entry.file_name(), entry.file_type()?.is_dir()));
    }
    Ok(entries)
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
    fn an_argument_is_a_folder_and_a_pattern_below_it() {
        for (argument, expected) in [
            ("*.whl", Some(("", "*.whl"))),
            ("./dist/*", Some(("./dist", "*"))),
            ("../x/a?/b", Some(("../x", "a?/b"))),
            ("/a/b/**/*.whl", Some(("/a/b", "**/*.whl"))),
            ("/*/b", Some(("/", "*/b"))),
            ("dist/a.whl", None),
            ("", None),
        ] {
            let found = Glob::of_argument(Path::new(argument)).unwrap();
            let found = found.map(|(folder, glob)| (folder, glob.0.join("/")));
            let expected = expected.map(|(folder, glob)| (folder.into(), glob.to_owned()));
            assert_eq!(found, expected, "{argument}");
        }
        assert!(Glob::of_argument(Path::new("dist/*/../x")).is_err());
        #[cfg(windows)]
        {
            let (folder, glob) = Glob::of_argument(Path::new(r"\\?\C:\dist\*.whl"))
                .unwrap()
                .unwrap();
            assert_eq!(folder, Path::new(r"\\?\C:\dist"));
            assert_eq!(glob.0, ["*.whl"]);
        }
    }
}
