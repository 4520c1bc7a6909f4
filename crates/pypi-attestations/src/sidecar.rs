//! Attestations in files of their own, beside the distributions.

use std::collections::{BTreeMap, BTreeSet};

/// Which of some files are attestations, and of which distribution.
///
/// The attestations of `demo-1.0.tar.gz` are in `demo-1.0.tar.gz.publish.attestation` and
/// `demo-1.0.tar.gz.slsa.attestation` ([`PredicateType::sidecar_suffix`](crate::PredicateType::sidecar_suffix)). Other
/// clients take any word in place of `publish`, or none, and so does this.
///
/// # Examples
///
/// ```
/// use pypi_attestations::Sidecars;
///
/// let sidecars = Sidecars::group([
///     "demo-1.0.tar.gz",
///     "demo-1.0.tar.gz.publish.attestation",
///     "old-1.0.tar.gz.publish.attestation",
/// ]);
/// assert_eq!(sidecars.of("demo-1.0.tar.gz"), ["demo-1.0.tar.gz.publish.attestation"]);
/// assert_eq!(sidecars.orphans(), ["old-1.0.tar.gz.publish.attestation"]);
/// ```
///
/// # Source
///
/// twine 7.0.0, uv 0.13.8 and the command of pypi-attestations 0.0.30.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Sidecars<'a> {
    groups: BTreeMap<&'a str, Vec<&'a str>>,
    orphans: Vec<&'a str>,
}

impl<'a> Sidecars<'a> {
    /// Groups the names of the files of one folder.
    pub fn group(names: impl IntoIterator<Item = &'a str>) -> Self {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let mut sidecars = Self::default();
        for name in &names {
            let Some(stem) = name.strip_suffix(EXTENSION) else {
                continue;
            };
            let shorter = stem.rsplit_once('.').map(|(distribution, _)| distribution);
            let distribution = [Some(stem), shorter]
                .into_iter()
                .flatten()
                .find_map(|candidate| names.get(candidate));
            match distribution {
                Some(distribution) => sidecars.groups.entry(distribution).or_default().push(name),
                None => sidecars.orphans.push(name),
            }
        }
        sidecars
    }

    /// The sidecars of a distribution, sorted by name.
    pub fn of(&self, distribution: &str) -> &[&'a str] {
        self.groups
            .get(distribution)
            .map_or(&[], |sidecars| sidecars.as_slice())
    }

    /// The sidecars of distributions that are not among the names, sorted by name.
    pub fn orphans(&self) -> &[&'a str] {
        &self.orphans
    }
}

const EXTENSION: &str = ".attestation";
