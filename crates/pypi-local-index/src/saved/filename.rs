//! What the name of a file on an index says, also of those that indexes accepted in the past.

use pypi_metadata::{Filename, ProjectName, Version};

/// The kind of a file, as far as an index treats it in its own way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// An egg, an installer or an archive of built files.
    Other,
    Sdist,
    Wheel,
}

/// The kind and the version of a file, and the Python tag of a wheel.
pub(super) struct Parsed {
    pub(super) kind: Kind,
    /// `None` if the name has no version of PEP 440.
    pub(super) version: Option<Version>,
    pub(super) python_version: String,
}

/// The suffixes of sdists. Archives of built files have the same; what follows the name is not a version then.
const SDISTS: [&str; 6] = [".tar.gz", ".zip", ".tgz", ".tar.bz2", ".tar.xz", ".tar.Z"];
/// The suffixes of built files whose version is followed by a platform or a Python version.
const BUILT: [&str; 3] = [".egg", ".exe", ".msi"];
const MAX_NAME: usize = 255;

/// Whether an index may give a file this name. It is not a path.
pub(super) fn is_filename(name: &str) -> bool {
    let is_part = |c: char| !c.is_control() && !matches!(c, '/' | '\\');
    !name.is_empty()
        && name.len() <= MAX_NAME
        && !name.starts_with('.')
        && name.chars().all(is_part)
}

/// The kind and the version in the name of a file of `project`.
pub(super) fn parse(filename: &str, project: &ProjectName) -> Parsed {
    if filename.ends_with(".whl") {
        let wheel = Filename::parse(filename).ok();
        let python_version = wheel.as_ref().map(|wheel| wheel.pyversion().to_owned());
        return Parsed {
            kind: Kind::Wheel,
            version: match wheel {
                Some(wheel) => Some(wheel.version().clone()),
                None => filename.split('-').nth(1).and_then(version),
            },
            python_version: python_version.unwrap_or_default(),
        };
    }
    let stem = |suffixes: &[&str]| {
        let mut suffixes = suffixes.iter();
        suffixes.find_map(|suffix| filename.strip_suffix(suffix))
    };
    let sdist = stem(&SDISTS);
    if let Some(version) = sdist.and_then(|stem| version(after_name(stem, project)?)) {
        return Parsed {
            kind: Kind::Sdist,
            version: Some(version),
            python_version: "source".to_owned(),
        };
    }
    let built = sdist.or_else(|| stem(&BUILT));
    let rest = built.and_then(|stem| after_name(stem, project));
    Parsed {
        kind: Kind::Other,
        version: rest.and_then(longest_version),
        python_version: String::new(),
    }
}

/// What follows the name of the project and a hyphen, both of which a name may have in any spelling.
fn after_name<'s>(stem: &'s str, project: &ProjectName) -> Option<&'s str> {
    let mut hyphens = stem.match_indices('-');
    hyphens.find_map(|(index, _)| {
        let (name, rest) = (stem.get(..index)?, stem.get(index + 1..)?);
        let name = ProjectName::parse(name).ok()?;
        (name.normalized() == project.normalized()).then_some(rest)
    })
}

/// The version before a platform: `1.0` of `1.0.win32-py2.7`.
fn longest_version(text: &str) -> Option<Version> {
    let ends = text.rmatch_indices(['.', '-']).map(|(index, _)| index);
    let mut prefixes = std::iter::once(text.len())
        .chain(ends)
        .filter_map(|end| text.get(..end));
    prefixes.find_map(version)
}

fn version(text: &str) -> Option<Version> {
    Version::parse(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_time_have_their_kind_and_version() {
        let project = ProjectName::parse("my-demo").expect("a name");
        for (filename, kind, expected) in [
            ("my_demo-1.0-py3-none-any.whl", Kind::Wheel, Some("1.0")),
            ("my_demo-1.0-x-py3-none-any.whl", Kind::Wheel, Some("1.0")),
            ("my_demo-one-py3-none-any.whl", Kind::Wheel, None),
            ("my_demo-1.0.tar.gz", Kind::Sdist, Some("1.0")),
            ("My-Demo-1.0.zip", Kind::Sdist, Some("1.0")),
            ("My.Demo-1.0-rc.1.tar.bz2", Kind::Sdist, Some("1.0rc1")),
            ("my-demo-1.0-1.tgz", Kind::Sdist, Some("1.0.post1")),
            ("my-demo-final.tar.gz", Kind::Other, None),
            ("my-demo-1.0.linux-x86_64.tar.gz", Kind::Other, Some("1.0")),
            ("my-demo-1.0.win32.zip", Kind::Other, Some("1.0")),
            ("my_demo-1.0rc1-py2.7.egg", Kind::Other, Some("1.0rc1")),
            ("my-demo-1.0.win-amd64-py2.7.exe", Kind::Other, Some("1.0")),
            ("my-demo-py3k-2.5.win32.exe", Kind::Other, None),
            ("my-demo-1.0-1.noarch.rpm", Kind::Other, None),
            ("other-1.0.zip", Kind::Other, None),
            ("README", Kind::Other, None),
        ] {
            let parsed = parse(filename, &project);
            let version = parsed.version.map(|version| version.to_string());
            assert_eq!(
                (parsed.kind, version.as_deref()),
                (kind, expected),
                "{filename}"
            );
        }
    }

    #[test]
    fn a_path_is_not_a_filename() {
        assert!(is_filename("demo-1.0.tar.gz"));
        for name in [
            "",
            ".hidden",
            "../demo-1.0.tar.gz",
            "a\\b.zip",
            "a\u{1b}.zip",
            &"a".repeat(256),
        ] {
            assert!(!is_filename(name), "{name}");
        }
    }
}
