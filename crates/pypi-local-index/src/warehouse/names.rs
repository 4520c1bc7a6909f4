//! Project names that are too similar.

/// The name without separators, letter case, and the differences of `l`, `i`, `1` and of `o`, `0`. Two projects must not
/// have the same result (`ultranormalize_name` in Warehouse, 2026-08-21).
pub(super) fn ultranormalized(name: &str) -> String {
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
    fn similar_names_are_equal() {
        for name in [
            "0racle-existing",
            "orac1e_existing",
            "OracleExisting",
            "oracIe.ex1st1ng",
        ] {
            assert_eq!(
                ultranormalized(name),
                ultranormalized("oracle-existing"),
                "{name}"
            );
        }
        assert_ne!(ultranormalized("oracle-2"), ultranormalized("oracle-z"));
    }
}
