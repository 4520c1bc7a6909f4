//! Unknown keys: what was probably meant.

use super::keys::KEYS;

/// The maximum number of bytes of a name that is compared with others.
const MAX_NAME: usize = 64;

/// The message for an unknown key, with the nearest name, or all names of its table.
pub(super) fn unknown(named: &str, table: &str, name: &str) -> String {
    let known = names(table);
    if let Some(meant) = nearest(name, &known) {
        return format!("unknown key {named}: did you mean {meant}?");
    }
    if let Some(key) = KEYS.iter().find(|key| key.name() == name) {
        return format!("unknown key {named}: did you mean {}?", key.path);
    }
    format!("unknown key {named}: expected one of {}", known.join(", "))
}

/// The keys and tables in a table.
pub(super) fn names(table: &str) -> Vec<&'static str> {
    let keys = KEYS.iter().filter(|key| key.table() == table);
    let mut names: Vec<&str> = keys.map(|key| key.name()).collect();
    if table.is_empty() {
        names.extend(KEYS.iter().map(|key| key.table()).filter(|t| !t.is_empty()));
    }
    names.dedup();
    names
}

/// The name that differs from `name` in at most a third of its characters.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.len() > MAX_NAME {
        return None;
    }
    let name = name.to_ascii_lowercase().replace('_', "-");
    let distance = |known: &&str| strsim::osa_distance(&name, known);
    let (distance, meant) = known
        .iter()
        .map(|known| (distance(known), *known))
        .min_by_key(|(distance, _)| *distance)?;
    (distance * 3 <= name.chars().count()).then_some(meant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_suggested() {
        for (table, name, message) in [
            ("gate", "aftr", "did you mean after?"),
            ("gate", "afetr", "did you mean after?"),
            ("", "gaet", "did you mean gate?"),
            ("", "tag-prefix", "did you mean version.tag-prefix?"),
            ("route", "default_branch", "did you mean default-branch?"),
            ("gate", "x", "expected one of after, commands, timeout"),
        ] {
            let found = unknown("key", table, name);
            assert_eq!(found, format!("unknown key key: {message}"));
        }
        assert!(unknown("key", "gate", &"after".repeat(100)).contains("expected one of"));
    }
}
