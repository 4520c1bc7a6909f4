//! The table of rules against the documentation and the sources.

use std::{fs, path::Path};

use pypi_metadata::Rule;

/// `docs/metadata.md` has a row for every rule, in the order of the table.
#[test]
fn the_documentation_lists_every_rule() {
    let page = read("docs/metadata.md");
    let documented: Vec<&str> = page
        .lines()
        .filter(|line| line.starts_with("| [`"))
        .collect();
    let rows: Vec<String> = Rule::all().map(row).collect();
    assert_eq!(documented, rows, "expected:\n{}", rows.join("\n"));
}

fn row(rule: &Rule) -> String {
    format!(
        "| [`{rule}`]({}) | {} | {} |",
        rule.page(),
        rule.severity(),
        rule.summary()
    )
}

#[test]
fn every_rule_is_used() {
    let mut sources = String::new();
    for name in ["pypi-metadata", "pypi-publish", "pypi-local-index"] {
        collect(
            Path::new(&format!("{ROOT}/crates/{name}/src")),
            &mut sources,
        );
    }
    let unused: Vec<&str> = Rule::all()
        .map(Rule::id)
        .filter(|id| {
            let name = id.to_uppercase().replace('-', "_");
            let is_named = sources
                .match_indices(&format!("rules::{name}"))
                .any(|(at, text)| {
                    let after = sources[at + text.len()..].chars().next();
                    !after.is_some_and(|c| c.is_ascii_uppercase() || c == '_')
                });
            !is_named && !sources.contains(&format!("\"{id}\""))
        })
        .collect();
    assert_eq!(unused, [""; 0], "no crate reports these rules");
}

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

/// Appends every source below a folder, except for the table itself.
#[expect(clippy::disallowed_methods, reason = "a test reads the sources")]
fn collect(folder: &Path, sources: &mut String) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|end| end == "rs")
            && !path.ends_with("rule/rules.rs")
        {
            sources.push_str(&fs::read_to_string(&path).expect("a source"));
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test reads the documentation")]
fn read(path: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{path}")).expect("a page")
}

/// Constants whose value is not a product of numbers are left out.
#[test]
#[expect(clippy::disallowed_methods, reason = "reads the sources")]
fn the_page_has_every_limit() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs");
    let page = |name: &str| fs::read_to_string(docs.join(name)).expect("the page");
    let (of_values, of_files) = (page("metadata.md"), page("limits.md"));
    let (mut folders, mut found) = (vec![source.clone()], 0);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let file = path.strip_prefix(&source).expect("in src");
            let file = file.display().to_string().replace('\\', "/");
            let text = fs::read_to_string(&path).expect("a file");
            for (name, value) in text.lines().filter_map(limit) {
                let row = format!("| `{file}` `{name}` | {} |", grouped(value));
                // Its value is compared by another test.
                let is_of_files = of_files.contains(&format!("| `{name}` in `{file}` |"));
                assert!(
                    file.starts_with("rule") || is_of_files || of_values.contains(&row),
                    "no row {row}"
                );
                found += 1;
            }
        }
    }
    assert!(found > 30, "{found} limits");
}

/// The name and value of `const MAX_NAME: usize = 16 * 1024;`.
fn limit(line: &str) -> Option<(&str, u64)> {
    let (_, rest) = line.split_once("const ")?;
    let (name, rest) = rest.split_once(": ")?;
    let (_, value) = rest.split_once(" = ")?;
    let factors = value.strip_suffix(';')?.split(" * ");
    let value = factors.map(|factor| factor.replace('_', "").parse::<u64>().ok());
    let value = value.collect::<Option<Vec<u64>>>()?.into_iter().product();
    name.starts_with("MAX_").then_some((name, value))
}

/// A number with commas between its thousands.
fn grouped(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
