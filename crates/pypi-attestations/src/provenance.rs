//! What an index says about the origin of a file.

use serde_json::Value;

use crate::json::{self, list, member, text};
use crate::{Attestation, Error, ErrorKind, Identity};

/// A PEP 740 provenance object: the attestations of one file, as an index serves them, by publisher.
///
/// The publisher is the index's claim. `Verifier` (feature `verify`) compares it with the certificate.
///
/// # Examples
///
/// ```
/// use pypi_attestations::{Identity, Provenance};
/// # let json = include_bytes!("../tests/data/pypi_attestations-0.0.19.tar.gz.provenance");
///
/// let provenance = Provenance::parse(json)?;
/// let bundle = provenance.bundles().first().expect("one publisher");
/// assert_eq!(
///     bundle.identity(),
///     Some(&Identity::github("trailofbits/pypi-attestations", "release.yml"))
/// );
/// assert_eq!(bundle.attestations().len(), 1);
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
///
/// # Source
///
/// [PyPA, "Index hosted attestations", provenance objects](https://packaging.python.org/en/latest/specifications/index-hosted-attestations/#provenance-objects)
/// (read 2026-11-21).
#[derive(Clone, Debug, PartialEq)]
pub struct Provenance {
    bundles: Vec<AttestationBundle>,
}

/// The attestations of one publisher in a [`Provenance`].
///
/// # Examples
///
/// ```
/// use pypi_attestations::Provenance;
///
/// let json = br#"{"version": 1, "attestation_bundles": [{"publisher": {"kind": "New"}, "attestations": []}]}"#;
/// let provenance = Provenance::parse(json)?;
/// let kinds: Vec<_> = provenance.bundles().iter().map(|bundle| bundle.kind()).collect();
/// assert_eq!(kinds, ["New"]);
/// # Ok::<(), pypi_attestations::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AttestationBundle {
    kind: String,
    identity: Option<Identity>,
    attestations: Vec<Attestation>,
}

impl Provenance {
    /// Parses the JSON text of a provenance object.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when it is longer than [`MAX_PROVENANCE`] or not the object of the specification,
    /// [`ErrorKind::Version`], and the errors of [`Attestation::parse`].
    pub fn parse(json: &[u8]) -> Result<Self, Error> {
        if json.len() > MAX_PROVENANCE {
            return Err(malformed(format!("longer than {MAX_PROVENANCE} bytes")));
        }
        let object: Value = json::parse(json).map_err(malformed)?;
        // The specification allows its absence: it is 1 then.
        if let Some(version) = object.get("version")
            && version.as_u64() != Some(1)
        {
            return Err(Error::new(
                ErrorKind::Version,
                format!("the provenance has version {version}, expected 1"),
            ));
        }
        let bundles = list(&object, "attestation_bundles").map_err(malformed)?;
        let bundles = bundles.iter().map(AttestationBundle::read);
        Ok(Self {
            bundles: bundles.collect::<Result<_, Error>>()?,
        })
    }

    /// The attestations, by publisher.
    pub fn bundles(&self) -> &[AttestationBundle] {
        &self.bundles
    }
}

/// The longest provenance object that is parsed, in bytes.
pub const MAX_PROVENANCE: usize = 4 * 1024 * 1024;

impl AttestationBundle {
    fn read(bundle: &Value) -> Result<Self, Error> {
        let publisher = member(bundle, "publisher").map_err(malformed)?;
        let attestations = list(bundle, "attestations").map_err(malformed)?;
        let attestations = attestations.iter().cloned().map(Attestation::from_value);
        Ok(Self {
            kind: text(publisher, "kind").map_err(malformed)?.to_owned(),
            identity: Identity::from_value(publisher).ok(),
            attestations: attestations.collect::<Result<_, Error>>()?,
        })
    }

    /// The kind of publisher, such as `GitHub`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// The publisher; `None` if its kind is newer than this crate.
    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Its attestations.
    pub fn attestations(&self) -> &[Attestation] {
        &self.attestations
    }
}

fn malformed(why: impl std::fmt::Display) -> Error {
    Error::new(
        ErrorKind::Malformed,
        format!("not a PEP 740 provenance object: {why}"),
    )
}
