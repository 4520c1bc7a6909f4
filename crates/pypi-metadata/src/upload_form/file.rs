//! The file part: its name and media type.

use super::{FilePart, UploadForm};
use crate::{Finding, check::filename, rules};

pub(super) fn check(form: &UploadForm, file: &FilePart) -> Vec<Finding> {
    let mut findings = filename::characters(&file.filename);
    findings.extend(extension(form, &file.filename));
    let content_type = &file.content_type;
    if content_type.is_empty() || content_type.starts_with("image/") {
        let message = format!("the media type {content_type:?} is not that of a distribution");
        findings.push(
            Finding::new(&rules::FORM_CONTENT_TYPE, message)
                .with_index_text("Invalid distribution file."),
        );
    }
    findings
}

/// The index finds the extension ignoring case, and then compares it as it is.
fn extension(form: &UploadForm, filename: &str) -> Option<Finding> {
    let lower = filename.to_ascii_lowercase();
    let known = [".tar.gz", ".zip", ".whl"].into_iter().find_map(|end| {
        let stem = lower.strip_suffix(end)?;
        filename.get(stem.len()..).filter(|_| !stem.is_empty())
    });
    let Some(extension) = known else {
        return Some(filename::unknown_extension());
    };
    let filetype = form.value("filetype").unwrap_or_default();
    let fits = match filetype {
        "sdist" => matches!(extension, ".tar.gz" | ".zip"),
        _ => extension == ".whl",
    };
    (!fits).then(|| {
        let message =
            format!("the extension {extension} is not that of the file type {filetype:?}");
        Finding::new(&rules::FILENAME_EXTENSION, message).with_index_text(format!(
            "Invalid file extension: Extension {extension} is invalid for filetype {filetype}. \
             See https://www.python.org/dev/peps/pep-0527 for more information."
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rejections(filetype: &str, filename: &str) -> Vec<String> {
        let form =
            UploadForm::new([("filetype", filetype)]).file("content", filename, "text/plain");
        let findings = form.check_filename().into_iter();
        findings
            .filter_map(|finding| finding.index_text().map(str::to_owned))
            .collect()
    }

    #[test]
    fn control_characters_and_slashes_are_rejected() {
        for filename in [
            "a\u{1}.whl",
            "a\u{7f}.whl",
            "a\t.whl",
            "a/b.whl",
            "a\\b.whl",
        ] {
            let rejections = rejections("bdist_wheel", filename);
            assert!(
                rejections[0].starts_with("Cannot upload a file with"),
                "{filename:?}: {rejections:?}"
            );
        }
        assert!(rejections("sdist", "demo-1.0.tar.gz").is_empty());
    }

    #[test]
    fn an_extension_belongs_to_one_file_type_and_is_lower_case() {
        assert!(rejections("sdist", "demo-1.0.zip").is_empty());
        for (filetype, filename) in [
            ("bdist_wheel", "demo-1.0.tar.gz"),
            ("bdist_wheel", "demo-1.0-py3-none-any.WHL"),
            ("bdist_wheel", ".whl"),
            ("sdist", "demo-1.0-py3-none-any.whl"),
            ("sdist", "demo-1.0.egg"),
        ] {
            let rejections = rejections(filetype, filename);
            assert!(
                rejections[0].starts_with("Invalid file extension: "),
                "{filename}: {rejections:?}"
            );
        }
    }
}
