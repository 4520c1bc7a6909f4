//! Requirements, as `packaging` reads them: `Requires-Dist`, `Provides-Dist`, `Obsoletes-Dist`.

use super::{scan::Scan, specifier};
use crate::{Field, Finding, Metadata, python_repr};

/// The longest requirement that is looked at, in bytes.
const MAX_REQUIREMENT: usize = 16 * 1024;

/// How deep the parentheses of a marker may go: Python's own parser gives up at about three times as many.
const MAX_DEPTH: usize = 100;

/// What a text that is a requirement asks for.
pub(crate) struct Read {
    pub(crate) is_url: bool,
}

/// What `packaging` refuses.
pub(super) fn unreadable(metadata: &Metadata) -> Vec<Finding> {
    let field = Field::RequiresDist;
    let each = metadata
        .all(field)
        .filter_map(|text| Some((text, read(text).err()?)))
        .take(super::MAX_OF_A_KIND);
    each.map(|(text, expected)| {
        let message = format!("the requirement {:?} does not read: expected {expected}", shown(text));
        Finding::error("requires-dist", Some(field), message)
            .with_help("write it as the dependency specifiers specification says, such as \"name[extra]>=1.0; python_version < '3.12'\"")
            .with_index_text(format!("{} is invalid for 'requires-dist'", python_repr(text)))
    })
    .collect()
}

/// What the index refuses beside that: direct references.
pub(super) fn refused(metadata: &Metadata) -> Vec<Finding> {
    let mut findings = Vec::new();
    for text in metadata.all(Field::RequiresDist) {
        if read(text).is_ok_and(|read| read.is_url) {
            findings.push(direct(Field::RequiresDist, text, text.to_owned()));
        }
    }
    for field in [Field::ProvidesDist, Field::ObsoletesDist] {
        for text in metadata.all(field) {
            match read(text) {
                Ok(read) if read.is_url => findings.push(direct(field, text, python_repr(text))),
                Ok(_) => {}
                Err(expected) => {
                    let message = format!("{:?} does not read: expected {expected}", shown(text));
                    findings.push(
                        Finding::error("requirement-legacy", Some(field), message)
                            .with_help(format!("remove {field}: no installer reads it"))
                            .with_index_text(format!("{} is invalid", python_repr(text))),
                    );
                }
            }
        }
    }
    findings.truncate(super::MAX_OF_A_KIND);
    findings
}

fn direct(field: Field, text: &str, quoted: String) -> Finding {
    let message = format!(
        "{:?} is required by a URL, which indexes refuse",
        shown(text)
    );
    Finding::error("requires-dist-url", Some(field), message)
        .with_help("require a version that is on the index")
        .with_index_text(format!("Can't have direct dependency: {quoted}"))
}

fn shown(text: &str) -> String {
    text.chars().take(100).collect()
}

/// Reads a requirement; the error says what was expected.
///
/// # Source
///
/// The grammar of `packaging` 26.2, which PyPI runs. `pep508_rs` reads less: `===` with a text that is no version, a
/// trailing comma, relative paths after `@`.
pub(crate) fn read(text: &str) -> Result<Read, &'static str> {
    if text.len() > MAX_REQUIREMENT {
        return Err("at most 16 KiB");
    }
    let mut scan = Scan::new(text);
    scan.blanks();
    scan.identifier().ok_or("the name of a project first")?;
    scan.blanks();
    extras(&mut scan)?;
    scan.blanks();
    let is_url = scan.token("@");
    if is_url {
        scan.blanks();
        let url = scan.while_of(|c| !matches!(c, ' ' | '\t'));
        if url.is_empty() {
            return Err("a URL after \"@\"");
        }
        if !scan.blanks() || scan.is_at_end() {
            return Ok(Read { is_url });
        }
    } else {
        versions(&mut scan)?;
        scan.blanks();
        if is_end(&scan) {
            return Ok(Read { is_url });
        }
    }
    if !scan.token(";") {
        return Err("a comma, a semicolon or the end after the versions");
    }
    marker(&mut scan)?;
    if is_end(&scan) {
        Ok(Read { is_url })
    } else {
        Err("\"and\", \"or\" or the end after the marker")
    }
}

/// Python's `$` matches before a last line feed as well.
fn is_end(scan: &Scan<'_>) -> bool {
    matches!(scan.rest, "" | "\n")
}

fn extras(scan: &mut Scan<'_>) -> Result<(), &'static str> {
    if !scan.token("[") {
        return Ok(());
    }
    scan.blanks();
    if scan.identifier().is_some() {
        loop {
            scan.blanks();
            if !scan.token(",") {
                break;
            }
            scan.blanks();
            scan.identifier()
                .ok_or("the name of an extra after the comma")?;
        }
    }
    scan.blanks();
    scan.token("]")
        .then_some(())
        .ok_or("a comma or \"]\" after the extras")
}

fn versions(scan: &mut Scan<'_>) -> Result<(), &'static str> {
    let is_in_parentheses = scan.token("(");
    scan.blanks();
    while specifier::one(scan) {
        if scan.rest.starts_with(".*") {
            return Err("\".*\" after \"==\" and \"!=\" only");
        }
        let is_local = scan.rest.strip_prefix('+');
        if is_local.is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        }) {
            return Err("a local version after \"==\" and \"!=\" only");
        }
        scan.blanks();
        if !scan.token(",") {
            break;
        }
        scan.blanks();
    }
    scan.blanks();
    if is_in_parentheses && !scan.token(")") {
        return Err("a comma or \")\" after the versions");
    }
    Ok(())
}

/// Reads `item (and|or item)*` with parentheses, without recursion.
fn marker(scan: &mut Scan<'_>) -> Result<(), &'static str> {
    let mut depth = 0_usize;
    loop {
        scan.blanks();
        while scan.token("(") {
            depth += 1;
            if depth > MAX_DEPTH {
                return Err("at most 100 parentheses in a marker");
            }
            scan.blanks();
        }
        comparison(scan)?;
        scan.blanks();
        while depth > 0 && scan.token(")") {
            depth -= 1;
            scan.blanks();
        }
        if !(scan.word("or") || scan.word("and")) {
            return if depth == 0 {
                Ok(())
            } else {
                Err("\"and\", \"or\" or \")\" in the marker")
            };
        }
    }
}

fn comparison(scan: &mut Scan<'_>) -> Result<(), &'static str> {
    operand(scan)?;
    scan.blanks();
    operator(scan)?;
    scan.blanks();
    operand(scan)
}

fn operand(scan: &mut Scan<'_>) -> Result<(), &'static str> {
    const EXPECTED: &str = "a marker variable or a quoted text";
    for quote in ['\'', '"'] {
        let Some(rest) = scan.rest.strip_prefix(quote) else {
            continue;
        };
        let end = rest.find(quote).ok_or("a closing quote")?;
        // Python evaluates the text as a literal of its own.
        return match scan.take(end + 2).contains(['\n', '\r', '\0']) {
            true => Err("a text of one line"),
            false => Ok(()),
        };
    }
    VARIABLES
        .iter()
        .any(|name| scan.word(name))
        .then_some(())
        .ok_or(EXPECTED)
}

fn operator(scan: &mut Scan<'_>) -> Result<(), &'static str> {
    const EXPECTED: &str = "one of <=, <, !=, ==, >=, >, ~=, ===, in, not in";
    if scan.word("in") {
        return Ok(());
    }
    if scan.word("not") {
        return (scan.blanks() && scan.word("in"))
            .then_some(())
            .ok_or("\"in\" after \"not\"");
    }
    let operators = ["===", "==", "~=", "!=", "<=", ">=", "<", ">"];
    operators
        .iter()
        .any(|operator| scan.token(operator))
        .then_some(())
        .ok_or(EXPECTED)
}

const VARIABLES: [&str; 20] = [
    "python_version",
    "python_full_version",
    "os_name",
    "os.name",
    "sys_platform",
    "sys.platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform.version",
    "platform_machine",
    "platform.machine",
    "platform_python_implementation",
    "platform.python_implementation",
    "python_implementation",
    "implementation_name",
    "implementation_version",
    "extra",
    "extras",
    "dependency_groups",
];

#[cfg(test)]
mod tests {
    use super::*;

    // What `packaging.requirements` 26.2 says.
    #[test]
    fn requirements_are_judged_as_packaging_judges_them() {
        for text in [
            "a",
            "a>=1,",
            "a===foo",
            "a (>=1)",
            "a[b,c]~=1.0",
            "a @ ./b",
            "a@ https://x ; extra == 'b'",
            "a; (python_version<'3' or os.name not in \"x\") and extra=='y'",
            "a_",
            "a[]",
            " a ",
            "a\n",
            "a==1.*",
            "a; 'x' in extras",
            "a()",
        ] {
            assert!(read(text).is_ok(), "{text:?}");
        }
        for text in [
            "",
            "-a",
            "a-",
            "a>=1.*",
            "a>=1+x",
            "a[b",
            "a[b c]",
            "a >=1 b",
            "a @",
            "a ; ",
            "a; x == 'y'",
            "a; os_name == 'x",
            "a; (os_name == 'x'",
            "a; os_name == 'x')",
            "a; os_name not  'x'",
            "é",
            "a 1.0",
            "a; os_name 'x'",
            "a\n\n",
            "a; os_name == '\n'",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn deep_parentheses_end() {
        let text = format!("a; {}os_name == 'x'", "(".repeat(5_000));
        assert!(read(&text).is_err());
    }
}
