//! Whether two file names stand for the same distribution.

use std::collections::BTreeSet;

use super::Filename;

impl Filename {
    /// Whether both names stand for the same distribution: same kind, normalized project name, version, build tag and
    /// set of compatibility tags, whatever their spelling and order. A wheel with a variant label is never the same, because
    /// PyPI does not parse its name.
    ///
    /// # Examples
    ///
    /// ```
    /// use pypi_metadata::Filename;
    ///
    /// let uploaded = Filename::parse("my_demo-1.0-py2.py3-none-any.whl")?;
    /// let attested = Filename::parse("My.Demo-1.0.0-py3.py2-none-any.whl")?;
    /// assert!(attested.is_same_distribution(&uploaded));
    /// # Ok::<(), pypi_metadata::FilenameError>(())
    /// ```
    ///
    /// # Source
    ///
    /// The rule by which PyPI compares the subject of an attestation with the uploaded file: `pypi-attestations` 0.0.30,
    /// `_check_dist_filename`, with `packaging` 26.3.
    pub fn is_same_distribution(&self, other: &Self) -> bool {
        let tag_sets = |filename: &Self| {
            [0, 1, 2].map(|from_end| {
                let tags = filename.tag_set(from_end).map(str::to_ascii_lowercase);
                tags.collect::<BTreeSet<String>>()
            })
        };
        let has_variant = self.variant.is_some() || other.variant.is_some();
        !has_variant
            && self.kind == other.kind
            && self.name.normalized() == other.name.normalized()
            && self.version == other.version
            && self.build_number() == other.build_number()
            && tag_sets(self) == tag_sets(other)
    }

    /// The build tag without leading zeros: `01b` and `1b` are the same build.
    fn build_number(&self) -> Option<&str> {
        let build = self.build_tag()?;
        let number = build.trim_start_matches('0');
        match number.starts_with(|c: char| c.is_ascii_digit()) {
            true => Some(number),
            false => build.get(build.len() - number.len() - 1..),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_distribution_may_be_spelled_otherwise() {
        let same = |a: &str, b: &str| {
            let [a, b] = [a, b].map(|name| Filename::parse(name).expect(name));
            assert_eq!(a.is_same_distribution(&b), b.is_same_distribution(&a));
            a.is_same_distribution(&b)
        };
        for (a, b) in [
            ("My.Demo-1.0.tar.gz", "my_demo-1.0.0.tar.gz"),
            ("demo-1.0-py3-none-any.whl", "demo-1.0-PY3-none-any.whl"),
            (
                "demo-1.0-01-py3-none-any.whl",
                "demo-1.0-1-py3-none-any.whl",
            ),
            (
                "demo-1.0-00b-py3-none-any.whl",
                "demo-1.0-0b-py3-none-any.whl",
            ),
            (
                "demo-1.0-py2.py3-none-any.whl",
                "demo-1.0-py3.py2.py3-none-any.whl",
            ),
        ] {
            assert!(same(a, b), "{a} {b}");
        }
        assert!(same("a__b-1.0.tar.gz", "a_b-1.0.tar.gz"));
        let variant = "demo-1.0-py3-none-any-v3.whl";
        assert!(!same(variant, variant));
        for other in [
            "other-1.0-1-py3-none-any.whl",
            "demo-1.1-1-py3-none-any.whl",
            "demo-1.0-py3-none-any.whl",
            "demo-1.0-1b-py3-none-any.whl",
            "demo-1.0-0-py3-none-any.whl",
            "demo-1.0-10-py3-none-any.whl",
            "demo-1.0-1-py2.py3-none-any.whl",
            "demo-1.0-1-py3-abi3-any.whl",
            "demo-1.0.tar.gz",
        ] {
            assert!(!same("demo-1.0-1-py3-none-any.whl", other), "{other}");
        }
    }
}
