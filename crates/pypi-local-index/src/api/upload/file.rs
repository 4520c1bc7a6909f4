//! The file's name.

use super::Outcome;
use crate::api::response::Response;

/// Checks the characters and the extension of a file name.
pub(super) fn check(filename: &str, is_sdist: bool) -> Outcome<()> {
    check_characters(filename)?;
    check_extension(filename, is_sdist)
}

fn check_characters(filename: &str) -> Outcome<()> {
    if filename.bytes().any(|byte| byte < 32 || byte == 127) {
        return refused(
            "Cannot upload a file with non-printable characters (ordinals 0-31) or the DEL character (ordinal 127) \
             in the name.",
        );
    }
    if filename.contains(['/', '\\']) {
        return refused("Cannot upload a file with '/' or '\\' in the name.");
    }
    Ok(())
}

/// Finds the extension in any letter case, and compares it as it is.
fn check_extension(filename: &str, is_sdist: bool) -> Outcome<()> {
    let lower = filename.to_ascii_lowercase();
    let known = [".tar.gz", ".zip", ".whl"]
        .into_iter()
        .find_map(|extension| {
            let stem = lower.strip_suffix(extension)?;
            filename.get(stem.len()..).filter(|_| !stem.is_empty())
        });
    let Some(extension) = known else {
        return refused(
            "Invalid file extension: Use .tar.gz, .whl or .zip extension. \
             See https://www.python.org/dev/peps/pep-0527 and https://peps.python.org/pep-0715/ for more information",
        );
    };
    let (filetype, allowed): (_, &[&str]) = if is_sdist {
        ("sdist", &[".tar.gz", ".zip"])
    } else {
        ("bdist_wheel", &[".whl"])
    };
    if allowed.contains(&extension) {
        return Ok(());
    }
    refused(&format!(
        "Invalid file extension: Extension {extension} is invalid for filetype {filetype}. \
         See https://www.python.org/dev/peps/pep-0527 for more information."
    ))
}

fn refused<T>(text: &str) -> Outcome<T> {
    Err(Response::bad_request(text).rule("filename"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_rejected() {
        // Over HTTP, the form reader rejects all of them but the tab before this check.
        for filename in ["a\u{1}.whl", "a\u{7f}.whl", "a\t.whl"] {
            assert!(check_characters(filename).is_err(), "{filename:?}");
        }
        assert!(check_characters("demo-1.0.tar.gz").is_ok());
    }

    #[test]
    fn an_extension_belongs_to_its_filetype_and_is_in_lower_case() {
        assert!(check_extension("demo-1.0.tar.gz", true).is_ok());
        assert!(check_extension("demo-1.0.zip", true).is_ok());
        assert!(check_extension("demo-1.0.tar.gz", false).is_err());
        assert!(check_extension("demo-1.0-py3-none-any.WHL", false).is_err());
        assert!(check_extension(".whl", false).is_err());
    }
}
