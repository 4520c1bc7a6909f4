//! Files that contain attestations, whatever their format.

use pypi_trusted_upload::attestations::{
    Attestation, AttestationBundle, Error, MAX_PROVENANCE, Provenance,
};
use serde::{Deserialize, de::IgnoredAny};

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

/// The most bytes of such a file: those of the largest, a provenance object.
pub(crate) const MAX_DOCUMENT: u64 = MAX_PROVENANCE as u64;

impl Document {
    pub(crate) fn parse(json: &str) -> Result<Self, Error> {
        let bytes = json.as_bytes();
        let members: Members = serde_json::from_str(json).unwrap_or_default();
        if members.attestation_bundles.is_some() {
            Provenance::parse(bytes).map(Self::Provenance)
        } else if members.media_type.is_some() {
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

/// The members that tell the formats apart, without their values.
#[derive(Default, Deserialize)]
struct Members {
    attestation_bundles: Option<IgnoredAny>,
    #[serde(rename = "mediaType")]
    media_type: Option<IgnoredAny>,
}

/// The publisher that a provenance object names.
pub(crate) fn publisher(bundle: &AttestationBundle) -> String {
    match bundle.identity() {
        Some(identity) => identity.to_string(),
        None => format!("{} publisher", bundle.kind()),
    }
}
