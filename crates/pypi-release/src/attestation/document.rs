//! Files that contain attestations, whatever their format.

use pypi_trusted_upload::attestations::{Attestation, AttestationBundle, Error, Provenance};
use serde_json::Value;

/// The content of a file: the formats are told apart by their members, not by the file's name.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Document {
    /// A PEP 740 attestation.
    Attestation(Attestation),
    /// A Sigstore bundle, converted.
    Bundle(Attestation),
    /// What an index serves for one file.
    Provenance(Provenance),
}

impl Document {
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let bytes = json.as_bytes();
        let value: Option<Value> = serde_json::from_str(json).ok();
        let has = |key| value.as_ref().is_some_and(|value| value.get(key).is_some());
        if has("attestation_bundles") {
            Provenance::parse(bytes).map(Self::Provenance)
        } else if has("mediaType") {
            Attestation::from_bundle(bytes).map(Self::Bundle)
        } else {
            Attestation::parse(bytes).map(Self::Attestation)
        }
    }

    /// The word for programs.
    pub(crate) fn format(&self) -> &'static str {
        match self {
            Self::Attestation(_) => "attestation",
            Self::Bundle(_) => "bundle",
            Self::Provenance(_) => "provenance",
        }
    }

    /// The words for people.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::Attestation(_) => "an attestation",
            Self::Bundle(_) => "a Sigstore bundle",
            Self::Provenance(_) => "a provenance object",
        }
    }

    /// Its attestations, each with the publisher that a provenance object names.
    pub(crate) fn attestations(&self) -> Vec<(&Attestation, Option<String>)> {
        match self {
            Self::Attestation(attestation) | Self::Bundle(attestation) => vec![(attestation, None)],
            Self::Provenance(provenance) => {
                let bundles = provenance.bundles().iter();
                let attestations = bundles.flat_map(|bundle| {
                    let publisher = publisher(bundle);
                    let attestations = bundle.attestations().iter();
                    attestations.map(move |attestation| (attestation, Some(publisher.clone())))
                });
                attestations.collect()
            }
        }
    }
}

/// The publisher that a provenance object names.
pub(crate) fn publisher(bundle: &AttestationBundle) -> String {
    match bundle.identity() {
        Some(identity) => identity.to_string(),
        None => format!("{} publisher", bundle.kind()),
    }
}
