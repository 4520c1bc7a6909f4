//! When two project names are too like each other.

/// A name without what people confuse: separators, letter case, and the shapes of `l`, `i`, `1` and of `o`, `0`
/// (`ultranormalize_name` of Warehouse, 2026-08-21).
pub(crate) fn ultranormalized(name: &str) -> String {
    let kept = name.chars().filter(|c| !matches!(c, '.' | '_' | '-'));
    kept.map(|c| match c {
        'l' | 'L' | 'i' | 'I' => '1',
        'o' | 'O' => '0',
        c => c.to_ascii_lowercase(),
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_one() {
        for like in [
            "0racle-existing",
            "orac1e_existing",
            "OracleExisting",
            "oracIe.ex1st1ng",
        ] {
            assert_eq!(
                ultranormalized(like),
                ultranormalized("oracle-existing"),
                "{like}"
            );
        }
        assert_ne!(ultranormalized("oracle-2"), ultranormalized("oracle-z"));
    }
}
