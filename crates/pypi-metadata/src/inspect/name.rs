//! The file's name and size, before anything in it.

use std::io::Seek;

use crate::{
    Field, Filename, FilenameError, FilenameErrorKind, Finding, Metadata, ProjectName, archive,
    python_repr,
};

/// What an index takes a file for, by the end of its name.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Form {
    TarGz,
    Wheel,
    Zip,
}

/// The size above which PyPI refuses a file of a project whose limit it has not raised: 100 MiB.
const DEFAULT_LIMIT: u64 = 100 * 1024 * 1024;

/// The size above which it refuses every file: 1 GiB.
const HARD_LIMIT: u64 = 1024 * 1024 * 1024;

/// The longest file name, in bytes, that of a wheel's metadata beside it included.
const MAX_FILENAME: usize = 255;

pub(super) fn kind(filename: &str) -> Option<Form> {
    [
        (".whl", Form::Wheel),
        (".tar.gz", Form::TarGz),
        (".zip", Form::Zip),
    ]
    .into_iter()
    .find(|(end, _)| {
        filename
            .strip_suffix(end)
            .is_some_and(|stem| !stem.is_empty())
    })
    .map(|(_, form)| form)
}

pub(super) fn characters(filename: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    if filename.chars().any(|c| c.is_ascii_control()) {
        let message = format!("the file name {filename:?} holds a control character");
        findings.push(Finding::error("filename-character", None, message).with_help(REBUILD).with_index_text(
            "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) in the name.",
        ));
    }
    if filename.contains(['/', '\\']) {
        let message = format!("the file name {filename:?} holds a slash");
        findings.push(
            Finding::error("filename-character", None, message)
                .with_help("give the name without its folder")
                .with_index_text("Cannot upload a file with '/' or '\\' in the name."),
        );
    }
    findings
}

const REBUILD: &str = "build the distribution again, and do not rename it";

pub(super) fn extension() -> Finding {
    let message = "the file name ends in neither .whl nor .tar.gz".to_owned();
    Finding::error("filename-extension", None, message)
        .with_help("give wheels and sdists that a build backend made")
        .with_index_text("Invalid file extension: Use .tar.gz, .whl or .zip extension.")
}

pub(super) fn size(
    filename: &str,
    metadata: Option<&Metadata>,
    reader: &mut impl Seek,
) -> Option<Finding> {
    let size = archive::size(reader)
        .ok()
        .filter(|size| *size > DEFAULT_LIMIT)?;
    let name = metadata
        .and_then(|metadata| metadata.get(Field::Name))
        .unwrap_or(filename);
    let mb = size.div_ceil(1024 * 1024);
    Some(if size > HARD_LIMIT {
        let message = format!("the file has {mb} MiB, and PyPI takes at most 1024");
        Finding::error("file-size", None, message)
            .with_help("leave out what is not needed, or download it at run time")
    } else {
        let message = format!(
            "the file has {mb} MiB, and PyPI takes 100 unless it has raised the project's limit"
        );
        Finding::warning("file-size", None, message)
            .with_help("ask PyPI for a higher limit before the release")
            .with_index_text(format!(
                "File too large. Limit for project {} is 100 MB.",
                python_repr(name)
            ))
    })
}

/// The index stores a wheel's metadata beside it, under its name and nine more characters.
pub(super) fn too_long(filename: &str) -> Option<Finding> {
    let length = filename.len() + ".metadata".len();
    (length > MAX_FILENAME).then(|| {
        let message = format!(
            "the file name has {} bytes, and indexes take 246",
            filename.len()
        );
        let finding = Finding::error("filename-long", None, message)
            .with_help("use fewer tags, or a shorter version");
        if filename.len() > MAX_FILENAME {
            return finding; // the index has no sentence for it
        }
        finding.with_index_text(format!("Filename is too long: '{filename}'"))
    })
}

/// What the index says of a name that does not come apart.
pub(super) fn unparsed(
    filename: &str,
    form: Form,
    metadata: Option<&Metadata>,
    error: &FilenameError,
) -> Finding {
    let rule = match error.kind() {
        FilenameErrorKind::Extension => "filename-extension",
        FilenameErrorKind::Character => "filename-character",
        _ => "filename-parts",
    };
    let finding = Finding::error(rule, None, error.to_string()).with_help(REBUILD);
    let text = match form {
        Form::Wheel => error.index_text(),
        Form::TarGz => Some(format!("Invalid source distribution filename: {filename}")),
        Form::Zip => metadata.and_then(|metadata| zip_sdist(filename, metadata)),
    };
    match text {
        Some(text) => finding.with_index_text(text),
        None => finding,
    }
}

fn zip_sdist(filename: &str, metadata: &Metadata) -> Option<String> {
    let name = ProjectName::parse(metadata.get(Field::Name)?).ok()?;
    let version = crate::Version::parse(metadata.get(Field::Version)?).ok()?;
    let as_tar = Filename::parse(&format!("{}.tar.gz", filename.strip_suffix(".zip")?));
    let Ok(as_tar) = as_tar else {
        return Some(format!("Invalid source distribution filename: {filename}"));
    };
    if *as_tar.name() != name {
        let (name, part) = (
            python_repr(name.as_str()),
            python_repr(&name.filename_part()),
        );
        return Some(format!("Start filename for {name} with {part}."));
    }
    let expected = format!("{}-{version}.tar.gz", name.filename_part());
    Some(format!(
        "Filename {} is invalid, should be {}.",
        python_repr(filename),
        python_repr(&expected)
    ))
}
