//! The lines in which two texts differ.

/// The most comparisons of lines. Texts that need more differ in all lines between the first and the last that differ.
const MAX_COMPARISONS: usize = 4_000_000;

/// The lines of `old` that `new` does not have, after `-`, and those that only `new` has, after `+`, in order.
pub(super) fn lines(old: &str, new: &str) -> Vec<String> {
    let (mut old, mut new): (Vec<&str>, Vec<&str>) = (old.lines().collect(), new.lines().collect());
    let same = |(a, b): &(&&str, &&str)| a == b;
    let start = old.iter().zip(&new).take_while(same).count();
    old.drain(..start);
    new.drain(..start);
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take_while(same)
        .count();
    old.truncate(old.len() - end);
    new.truncate(new.len() - end);
    if old.len().saturating_mul(new.len()) > MAX_COMPARISONS {
        let removed = old.iter().map(|line| format!("-{line}"));
        return removed
            .chain(new.iter().map(|line| format!("+{line}")))
            .collect();
    }
    walk(&old, &new, &common(&old, &new))
}

/// For each pair of positions, the length of the longest common subsequence from there on, row by row.
fn common(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut rows = vec![vec![0; new.len() + 1]];
    for line in old.iter().rev() {
        let below = rows.last().cloned().unwrap_or_default();
        let mut row = vec![0];
        for (other, pair) in new.iter().rev().zip(below.windows(2).rev()) {
            let right = row.last().copied().unwrap_or_default();
            row.push(match pair {
                [_, diagonal] if line == other => diagonal + 1,
                [down, _] => right.max(*down),
                _ => right,
            });
        }
        row.reverse();
        rows.push(row);
    }
    rows.reverse();
    rows
}

fn walk(old: &[&str], new: &[&str], common: &[Vec<u32>]) -> Vec<String> {
    let at = |i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied();
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => (i, j) = (i + 1, j + 1),
            (Some(a), b) if b.is_none() || at(i + 1, j) >= at(i, j + 1) => {
                lines.push(format!("-{a}"));
                i += 1;
            }
            (_, Some(b)) => {
                lines.push(format!("+{b}"));
                j += 1;
            }
            _ => return lines,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_lines_that_differ_are_listed() {
        assert_eq!(lines("a\nb\nc\nd\n", "a\nx\nc\nd\ne\n"), ["-b", "+x", "+e"]);
        assert_eq!(lines("", "a\n"), ["+a"]);
        assert!(lines("a\nb", "a\nb\n").is_empty());
    }

    proptest! {
        #[test]
        fn one_text_becomes_the_other(old in "([abc]\n){0,12}", new in "([abc]\n){0,12}") {
            let found = lines(&old, &new);
            let count = |sign: char| found.iter().filter(|line| line.starts_with(sign)).count();
            prop_assert_eq!(old.lines().count() - count('-'), new.lines().count() - count('+'));
            prop_assert_eq!(found.is_empty(), old == new);
        }
    }
}
