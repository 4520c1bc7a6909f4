//! The kinds of claims that PyPI accepts.

/// The kind of claim about the subject: the two types that PyPI accepts.
///
/// # Examples
///
/// ```
/// use pypi_attestations::PredicateType;
///
/// assert_eq!(PredicateType::SlsaProvenance.uri(), "https://slsa.dev/provenance/v1");
/// ```
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum PredicateType {
    /// `https://docs.pypi.org/attestations/publish/v1`: who published the file.
    Publish,
    /// `https://slsa.dev/provenance/v1`: how the file was built.
    SlsaProvenance,
}

impl PredicateType {
    /// The types, in the order in which their sidecar files are searched.
    pub const ALL: [Self; 2] = [Self::Publish, Self::SlsaProvenance];

    /// The type's URI in a statement.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Publish => "https://docs.pypi.org/attestations/publish/v1",
            Self::SlsaProvenance => "https://slsa.dev/provenance/v1",
        }
    }

    /// The suffix that the name of a sidecar file adds to the distribution's file name.
    pub fn sidecar_suffix(self) -> &'static str {
        match self {
            Self::Publish => ".publish.attestation",
            Self::SlsaProvenance => ".slsa.attestation",
        }
    }
}
