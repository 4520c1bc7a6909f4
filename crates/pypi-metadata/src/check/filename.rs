//! The file name, alone and against the metadata.

use pypi_versioning::{Version, VersionErrorKind};

use crate::{
    Field, Filename, FilenameError, FilenameErrorKind, Finding, Kind, Metadata, ProjectName, Rule,
    accept::{import_name, platform_tag},
    filename::parts_text,
    project_name::normalize,
    python_repr, rules,
};

const REBUILD: &str = "build the distribution again and do not rename it";

/// The longest file name, in bytes; the metadata of a wheel is stored next to it under its name and `.metadata`.
const MAX_FILENAME: usize = 255;

/// The kind of archive that the index expects, by the extension of the file.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Extension {
    TarGz,
    Wheel,
    Zip,
}

impl Extension {
    /// The extension of a file name, as the index compares it: case matters.
    pub(crate) fn of(filename: &str) -> Option<Self> {
        let known = [
            (".whl", Self::Wheel),
            (".tar.gz", Self::TarGz),
            (".zip", Self::Zip),
        ];
        let found = known.into_iter().find(|(end, _)| {
            let stem = filename.strip_suffix(end);
            stem.is_some_and(|stem| !stem.is_empty())
        });
        found.map(|(_, extension)| extension)
    }
}

/// Characters that the index rejects in the name of any file.
pub(crate) fn characters(filename: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let finding = |message: String, sentence: &str| {
        Finding::new(&rules::FILENAME_CHARACTER, message).with_index_text(sentence)
    };
    if filename.chars().any(|c| c.is_ascii_control()) {
        let message = format!("the file name {filename:?} contains a control character");
        let sentence = "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name.";
        findings.push(finding(message, sentence).with_help(REBUILD));
    }
    if filename.contains(['/', '\\']) {
        let message = format!("the file name {filename:?} contains a slash");
        let sentence = "Cannot upload a file with '/' or '\\' in the name.";
        findings.push(finding(message, sentence).with_help("give the name without its folder"));
    }
    findings
}

/// A file that is neither a wheel nor an sdist by its extension.
pub(crate) fn unknown_extension() -> Finding {
    Finding::new(
        &rules::FILENAME_EXTENSION,
        "the file name ends in neither .whl nor .tar.gz",
    )
    .with_help("give wheels and sdists that a build backend made")
    .with_index_text(
        "Invalid file extension: Use .tar.gz, .whl or .zip extension. \
         See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information",
    )
}

/// The parts after the version of a wheel's name: a variant label, the platform tags that PyPI does not accept, and those
/// that it accepts in vain.
pub(crate) fn tags(filename: &Filename) -> impl Iterator<Item = Finding> {
    let platforms = filename.platform_tags();
    let platforms = platforms.filter_map(move |tag| platform_tag(filename, tag));
    let others = variant(filename).into_iter().chain(unparsed_tags(filename));
    others.chain(platforms)
}

/// Tags that PyPI accepts, but `packaging` 26.3 does not parse.
fn unparsed_tags(filename: &Filename) -> Option<Finding> {
    let mut pythons = filename.python_tags();
    let message = if let Some(tag) = pythons.find(|tag| !import_name::is_identifier(tag)) {
        format!(
            "the Python tag {tag:?} is not an identifier, so installers do not parse the file name"
        )
    } else if filename.abi_tags().any(str::is_empty) {
        "the ABI tag is empty, so installers do not parse the file name".to_owned()
    } else {
        return None; // PyPI does not accept an empty platform tag
    };
    Some(Finding::new(&rules::TAG_ODD, message).with_help(REBUILD))
}

fn platform_tag(filename: &Filename, tag: &str) -> Option<Finding> {
    let lower = tag.to_ascii_lowercase();
    if platform_tag::is_accepted(&lower) {
        let why = platform_tag::oddity(&lower)?;
        let message = format!("no installer selects the platform tag {tag:?}: {why}");
        return Some(
            Finding::new(&rules::TAG_ODD, message)
                .with_help("build the wheel with the tag of the oldest platform that it runs on"),
        );
    }
    let help = if lower.starts_with("linux_") {
        "repair the wheel with auditwheel, or build it in a manylinux or musllinux image"
    } else if lower.starts_with("macosx_") {
        "use 0 as the second number from macOS 11 on; PyPI accepts a new version of macOS only some time after its release"
    } else if lower.starts_with("pyodide_") || lower.starts_with("emscripten_") {
        "build the wheel for a pyemscripten platform (PEP 783), as cibuildwheel 4 does"
    } else {
        "build the wheel for a platform of the platform compatibility tags specification"
    };
    let message = match platform_tag::is_newer(&lower) {
        false => format!("PyPI does not accept the platform tag {tag:?}"),
        true => format!(
            "PyPI did not accept the platform tag {tag:?} on {}",
            platform_tag::DATE
        ),
    };
    Some(
        Finding::new(&rules::TAG_PLATFORM, message)
            .with_help(help)
            .with_index_text(format!(
                "Binary wheel '{filename}' has an unsupported platform tag '{lower}'."
            )),
    )
}

/// Turns a finding about a tag that PyPI may have begun to accept into a warning.
pub(crate) fn soften_newer(filename: &Filename, finding: &mut Finding) {
    let mut newer = filename
        .platform_tags()
        .filter(|tag| platform_tag::is_newer(&tag.to_ascii_lowercase()))
        .filter_map(|tag| platform_tag(filename, tag));
    if finding.rule() == &rules::TAG_PLATFORM && newer.any(|newer| newer == *finding) {
        *finding = finding.clone().into_warning();
    }
}

/// A variant wheel, which PyPI does not accept yet.
///
/// # Source
///
/// PEP 825, draft of 2026-08-22; `packaging` 26.2 and 26.3 do not parse such a name.
fn variant(filename: &Filename) -> Option<Finding> {
    let label = filename.variant()?;
    let message = format!(
        "the wheel is the variant {label:?} (PEP 825), which PyPI did not accept on {}",
        platform_tag::DATE
    );
    let stem = filename.as_str().strip_suffix(".whl")?;
    let finding = Finding::new(&rules::WHEEL_VARIANT, message).with_help(
        "publish wheels without a variant label on PyPI, and variants on an index that supports them",
    );
    Some(finding.with_index_text(parts_text(stem)))
}

/// Differences between the file name and the name that the metadata requires.
///
/// # Source
///
/// Warehouse, 2026-08-21, `forklift/legacy.py`; PEP 625 for sdists.
pub(crate) fn check(filename: &Filename, metadata: &Metadata) -> Vec<Finding> {
    let (Some(name), Some(version)) = (metadata.name(), metadata.version()) else {
        return Vec::new(); // the metadata has a finding for that
    };
    let mut findings = Vec::new();
    // The index does not check that what comes after the name is a version.
    let other_name = filename.name_before_hyphens();
    if name != *filename.name() && version.is_post() && other_name.as_ref() == Some(&name) {
        let message = format!(
            "the version in the file name is written with a hyphen, expected {:?}",
            sdist(&name, &version)
        );
        let sentence = not_normalized(filename, &name, &version);
        let rule = &rules::FILENAME_NOT_NORMALIZED;
        return vec![finding(rule, Field::Version, message, sentence)];
    }
    if name != *filename.name() {
        let message = format!(
            "the file name is for project {:?}, but the metadata is for {:?}",
            filename.name().as_str(),
            name.as_str()
        );
        findings.push(finding(
            &rules::FILENAME_NAME,
            Field::Name,
            message,
            start_with(&name),
        ));
    } else if filename.name_part() != name.filename_part() {
        let message = format!(
            "the file name starts with {:?}, expected the normalized name {:?}",
            filename.name_part(),
            name.filename_part()
        );
        let sentence = not_normalized(filename, &name, &version);
        findings.push(finding(
            &rules::FILENAME_NOT_NORMALIZED,
            Field::Name,
            message,
            sentence,
        ));
    }
    if version != *filename.version() {
        let message = format!(
            "the file name is for version {}, but the metadata is for {version}",
            filename.version()
        );
        let sentence = match filename.kind() {
            Kind::Sdist => not_normalized(filename, &name, &version),
            Kind::Wheel => format!(
                "Version in filename should be {} not {}.",
                python_repr(&version.to_string()),
                python_repr(&filename.version().to_string())
            ),
        };
        findings.push(finding(
            &rules::FILENAME_VERSION,
            Field::Version,
            message,
            sentence,
        ));
    } else if filename.kind() == Kind::Sdist
        && findings.is_empty()
        && filename.as_str() != sdist(&name, &version)
    {
        let message = format!(
            "the sdist of {name} {version} is named {:?}, expected {:?}",
            filename.as_str(),
            sdist(&name, &version)
        );
        let sentence = not_normalized(filename, &name, &version);
        findings.push(finding(
            &rules::FILENAME_NOT_NORMALIZED,
            Field::Version,
            message,
            sentence,
        ));
    }
    findings
}

/// A file name that cannot be parsed.
pub(crate) fn unparsed(
    filename: &str,
    extension: Extension,
    metadata: Option<&Metadata>,
    error: &FilenameError,
) -> Finding {
    let rule = match error.kind() {
        FilenameErrorKind::Extension => &rules::FILENAME_EXTENSION,
        FilenameErrorKind::Character => &rules::FILENAME_CHARACTER,
        _ => &rules::FILENAME_PARTS,
    };
    let finding = Finding::new(rule, error.to_string()).with_help(REBUILD);
    let project = metadata.and_then(|metadata| Some((metadata.name()?, metadata.version()?)));
    let sentence = match (extension, project) {
        (Extension::Wheel, project) => error
            .index_text()
            .or_else(|| unparsed_wheel(filename, &project?.0)),
        (_, Some((name, version))) => Some(sdist_sentence(filename, &name, &version)),
        (Extension::TarGz, None) => {
            Some(format!("Invalid source distribution filename: {filename}"))
        }
        (Extension::Zip, None) => None,
    };
    match sentence {
        Some(sentence) => finding.with_index_text(sentence),
        None => finding,
    }
}

/// What the index says about a wheel whose name it can parse, although we cannot.
fn unparsed_wheel(filename: &str, name: &ProjectName) -> Option<String> {
    let stem = filename.strip_suffix(".whl")?;
    let mut tags = stem.rsplit('-').next()?.split('.');
    let rejected = tags.find(|tag| !platform_tag::is_accepted(&tag.to_ascii_lowercase()));
    if let Some(tag) = rejected {
        return Some(format!(
            "Binary wheel '{filename}' has an unsupported platform tag '{}'.",
            tag.to_ascii_lowercase()
        ));
    }
    let written = stem.split('-').next()?;
    (normalize(written) != name.normalized()).then(|| start_with(name))
}

/// What the index says about an sdist that is not named as PEP 625 requires. All that it needs is a version after the last
/// hyphen.
fn sdist_sentence(filename: &str, name: &ProjectName, version: &Version) -> String {
    let stem = filename.strip_suffix(".tar.gz");
    let stem = stem.or_else(|| filename.strip_suffix(".zip"));
    let Some((mut written, found)) = stem.and_then(|stem| stem.rsplit_once('-')) else {
        return format!("Invalid source distribution filename: {filename}");
    };
    let error = Version::parse(found).err();
    if error.is_some_and(|error| error.kind() == VersionErrorKind::Invalid) {
        return format!("Invalid source distribution filename: {filename}");
    }
    if version.is_post() && normalize(written) != name.normalized() {
        // The version of a post-release may have a hyphen.
        written = written.rsplit_once('-').map_or(written, |(name, _)| name);
    }
    if normalize(written) != name.normalized() {
        return start_with(name);
    }
    format!(
        "Filename {} is invalid, should be {}.",
        python_repr(filename),
        python_repr(&sdist(name, version))
    )
}

/// A file name that is too long for the index to store.
pub(crate) fn too_long(filename: &str) -> Option<Finding> {
    const MAX: usize = MAX_FILENAME - ".metadata".len();
    let length = filename.len();
    (length > MAX).then(|| {
        let message = format!("the file name has {length} bytes, expected at most {MAX}");
        let finding = Finding::new(&rules::FILENAME_LONG, message)
            .with_help("use fewer tags, or a shorter version");
        if length > MAX_FILENAME {
            return finding; // the index fails without a sentence
        }
        finding.with_index_text(format!("Filename is too long: '{filename}'"))
    })
}

fn finding(rule: &'static Rule, field: Field, message: String, sentence: String) -> Finding {
    Finding::in_field(rule, field, message)
        .with_help(REBUILD)
        .with_index_text(sentence)
}

fn start_with(name: &ProjectName) -> String {
    let part = name.filename_part();
    let (name, part) = (python_repr(name.as_str()), python_repr(&part));
    format!("Start filename for {name} with {part}.")
}

fn sdist(name: &ProjectName, version: &Version) -> String {
    format!("{}-{version}.tar.gz", name.filename_part())
}

fn not_normalized(filename: &Filename, name: &ProjectName, version: &Version) -> String {
    let found = python_repr(filename.as_str());
    match filename.kind() {
        Kind::Sdist => format!(
            "Filename {found} is invalid, should be {}.",
            python_repr(&sdist(name, version))
        ),
        Kind::Wheel => format!(
            "Filename {found} should contain the normalized project name {}, not {}.",
            python_repr(&name.filename_part()),
            python_repr(filename.name_part())
        ),
    }
}
