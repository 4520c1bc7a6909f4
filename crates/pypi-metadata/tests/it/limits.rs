//! The table of limits against the constants.

use std::fs;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

#[test]
fn the_documentation_has_the_value_of_every_limit() {
    let page = read("docs/limits.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.ends_with(".rs` |"))
        .map(|line| line.split('|').map(str::trim).collect())
        .collect();
    assert!(rows.len() > 15, "{rows:?}");
    for row in rows {
        let [_, _, documented, _, constant, _] = row.as_slice() else {
            panic!("five bars: {row:?}");
        };
        let (name, file) = constant.split_once(" in ").expect("a constant in a file");
        let (name, file) = (name.trim_matches('`'), file.trim_matches('`'));
        let source = read(&format!("crates/pypi-metadata/src/{file}"));
        let mut lines = source.lines();
        let value = lines.find_map(|line| {
            let (declared, value) = line.split_once(" = ")?;
            let is_it = declared.contains(&format!("const {name}: "));
            is_it.then(|| value.trim_end_matches(';').to_owned())
        });
        let value = value.unwrap_or_else(|| panic!("{name} is not in {file}"));
        assert_eq!(number(documented), product(&value), "{name} = {value}");
    }
}

/// A number such as `8 MiB` or `50,000`.
fn number(text: &str) -> u64 {
    let (number, unit) = text.split_once(' ').unwrap_or((text, ""));
    let factor = match unit {
        "" => 1,
        "KiB" => 1024,
        "MiB" => 1024 * 1024,
        "GiB" => 1024 * 1024 * 1024,
        unit => unreachable!("unknown unit {unit}"),
    };
    number.replace(',', "").parse::<u64>().expect("a number") * factor
}

/// The value of an expression such as `8 * 1024`.
fn product(text: &str) -> u64 {
    let factors = text.split(" * ").map(|factor| factor.replace('_', ""));
    factors
        .map(|factor| factor.parse::<u64>().expect("a number"))
        .product()
}

#[expect(clippy::disallowed_methods, reason = "a test reads sources and pages")]
fn read(path: &str) -> String {
    fs::read_to_string(format!("{ROOT}/{path}")).expect(path)
}
