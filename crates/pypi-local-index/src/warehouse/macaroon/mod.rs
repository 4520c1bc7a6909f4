//! Macaroons, of which PyPI's API tokens are made: signed texts, to which everyone can add restrictions (caveats).

mod binary;
mod caveat;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hmac;

pub(crate) use self::caveat::{Caveat, Context};
use crate::python;

/// An API token in parts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Macaroon {
    /// The host of the index. It is not signed.
    location: String,
    pub(crate) identifier: Vec<u8>,
    caveats: Vec<Restriction>,
    signature: Vec<u8>,
}

/// A caveat in a macaroon.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Restriction {
    /// Only in a caveat that another service must confirm.
    location: Option<String>,
    identifier: Vec<u8>,
    /// Only in a caveat that another service must confirm.
    verification: Option<Vec<u8>>,
}

/// What API tokens begin with.
const PREFIX: &str = "pypi-";

/// From what `pymacaroons` derives the first key of the chain.
const GENERATOR: &[u8] = b"macaroons-key-generator";

impl Macaroon {
    /// A macaroon that is signed with `key`.
    pub(crate) fn new(location: &str, identifier: &str, key: &[u8], caveats: &[Caveat]) -> Self {
        let identifier = identifier.as_bytes().to_vec();
        let mut macaroon = Self {
            location: location.to_owned(),
            caveats: Vec::new(),
            signature: sign(&sign(GENERATOR, key), &identifier),
            identifier,
        };
        for caveat in caveats {
            macaroon.add(caveat.to_string().into_bytes());
        }
        macaroon
    }

    /// Reads an API token. As leniently as Warehouse. `None` if it is malformed.
    pub(crate) fn parse(token: &str) -> Option<Self> {
        let text = token.strip_prefix(PREFIX)?;
        // `pymacaroons` adds as much padding as the length lacks.
        let padding = "=".repeat(text.len().wrapping_neg() % 4);
        binary::read(&python::base64url(format!("{text}{padding}").as_bytes())?)
    }

    /// Checks the signature and every caveat, those of `issued` as well, which Warehouse stores and adds at the end.
    ///
    /// # Errors
    ///
    /// Warehouse's reasons, one for each caveat that is not met.
    pub(crate) fn verify(
        mut self,
        key: &[u8],
        issued: &[Caveat],
        context: &Context<'_>,
    ) -> Result<(), String> {
        for caveat in issued {
            self.add(caveat.to_string().into_bytes());
        }
        let mut reasons = Vec::new();
        let mut signature = sign(&sign(GENERATOR, key), &self.identifier);
        for restriction in &self.caveats {
            // Where Warehouse's verifier crashes, the reasons so far are all that it gives.
            let Some(verdict) = restriction.verify(context) else {
                reasons.extend(reasons.is_empty().then(|| "unknown error".to_owned()));
                break;
            };
            signature = sign(&signature, &restriction.identifier);
            reasons.extend(verdict.err());
        }
        if reasons.is_empty() && signature != self.signature {
            reasons.push("signatures do not match".to_owned());
        }
        if reasons.is_empty() {
            Ok(())
        } else {
            Err(reasons.join(", "))
        }
    }

    fn add(&mut self, identifier: Vec<u8>) {
        self.signature = sign(&self.signature, &identifier);
        self.caveats.push(Restriction {
            location: None,
            identifier,
            verification: None,
        });
    }
}

impl std::fmt::Display for Macaroon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{PREFIX}{}", URL_SAFE_NO_PAD.encode(binary::write(self)))
    }
}

impl Restriction {
    /// `None` if Warehouse's verifier crashes.
    fn verify(&self, context: &Context<'_>) -> Option<Result<(), String>> {
        match self.verification {
            Some(_) => None,
            None => caveat::verify(&self.identifier, context),
        }
    }
}

fn sign(key: &[u8], data: &[u8]) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, data).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pypi_metadata::ProjectName;

    const ID: &str = "f81d4fae-7dec-41d0-a765-00a0c91e6bf6";
    const KEY: &[u8] = b"secret";

    fn caveats() -> Vec<Caveat> {
        vec![
            Caveat::ProjectName(vec!["demo".to_owned()]),
            Caveat::Expiration {
                expires_at: 1900,
                not_before: 1000,
            },
        ]
    }

    fn verify(macaroon: Macaroon, now: u64) -> Result<(), String> {
        let project = ProjectName::parse("Demo").expect("a name");
        let context = Context {
            project: Some(&project),
            user: None,
            publisher: None,
            is_of_publisher: false,
            now,
            is_expired: false,
        };
        macaroon.verify(KEY, &caveats(), &context)
    }

    fn macaroon() -> Macaroon {
        Macaroon::new("pypi.org", ID, KEY, &caveats())
    }

    // The token that pymacaroons 0.13 makes of the same parts.
    #[test]
    fn a_token_has_the_bytes_of_pymacaroons() {
        let token = macaroon().to_string();
        assert_eq!(
            token,
            "pypi-AgEIcHlwaS5vcmcCJGY4MWQ0ZmFlLTdkZWMtNDFkMC1hNzY1LTAwYTBjOTFlNmJmNgACDFsxLFsiZGVtbyJdXQACDVswLDE5MDAsMTAwMF0AAAYg8ymDaf8EY7Hmkp98kCOttFpxpcjbRwzE3fE-FWiuM90"
        );
        assert_eq!(Macaroon::parse(&token), Some(macaroon()));
    }

    #[test]
    fn caveats_and_signature_are_verified() {
        assert_eq!(verify(macaroon(), 1000), Ok(()));
        let twice = |reason: &str| Err(format!("{reason}, {reason}"));
        assert_eq!(verify(macaroon(), 1900), twice("token is expired"));
        assert_eq!(verify(macaroon(), 999), twice("token is expired"));

        let mut elsewhere = macaroon();
        elsewhere.location = "example.com".to_owned();
        assert_eq!(verify(elsewhere, 1000), Ok(()));

        let mismatch = || Err("signatures do not match".to_owned());
        let mut forged = macaroon();
        forged.signature.reverse();
        assert_eq!(verify(forged, 1000), mismatch());
        let mut widened = macaroon();
        widened.caveats.remove(0);
        assert_eq!(verify(widened, 1000), mismatch());
        let other = Macaroon::new("pypi.org", ID, b"other", &caveats());
        assert_eq!(verify(other, 1000), mismatch());
    }

    #[test]
    fn everyone_can_add_a_caveat() {
        let with = |caveat: &str| {
            let mut macaroon = macaroon();
            macaroon.add(caveat.as_bytes().to_vec());
            verify(macaroon, 1000)
        };
        assert_eq!(with(r#"[1,["demo","x"]]"#), Ok(()));
        for (caveat, reason) in [
            (
                r#"[1,["x"]]"#,
                "project-scoped token is not valid for project: 'Demo'",
            ),
            ("[0,1000,900]", "token is expired"),
            ("[9]", "caveat has unknown tag: 9"),
            ("time < tomorrow", "unknown error"),
        ] {
            assert_eq!(with(caveat), Err(reason.to_owned()), "{caveat}");
        }
    }

    #[test]
    fn a_caveat_for_another_service_is_not_met() {
        let mut third = macaroon();
        third.add(b"x".to_vec());
        if let Some(restriction) = third.caveats.last_mut() {
            restriction.verification = Some(b"y".to_vec());
        }
        assert_eq!(Macaroon::parse(&third.to_string()), Some(third.clone()));
        assert_eq!(verify(third, 1000), Err("unknown error".to_owned()));
    }
}
