//! The ID tokens of the cases, made from templates.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{
    RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RSA_PSS_SHA256, RsaEncoding, RsaKeyPair,
};
use serde_json::{Value, json};

use super::text;
use super::value::Ordered;
use crate::initial_state::NOW;

/// The names of the test keys. The id of each is `pypi-local-index-` and its name.
const KEYS: [(&str, &[u8]); 5] = [
    (
        "activestate",
        include_bytes!("../../../src/api/oidc/test_keys/activestate.der"),
    ),
    (
        "github",
        include_bytes!("../../../src/api/oidc/test_keys/github.der"),
    ),
    (
        "gitlab",
        include_bytes!("../../../src/api/oidc/test_keys/gitlab.der"),
    ),
    (
        "google",
        include_bytes!("../../../src/api/oidc/test_keys/google.der"),
    ),
    (
        "other",
        include_bytes!("../../../src/api/oidc/test_keys/other.der"),
    ),
];

/// What the templates of a run have in common.
pub(super) struct Templates {
    /// The claims of good tokens, by name.
    bases: Vec<(String, Ordered)>,
    /// The ids that several cases use, by label.
    ids: HashMap<String, String>,
    count: u64,
}

/// What is the same in a whole token.
struct Token<'t> {
    repository: &'t str,
    /// The id that no other token has.
    fresh: String,
}

impl Templates {
    pub(super) fn new(first_line: &Value) -> Self {
        Self {
            bases: Ordered::parse(&first_line["bases"].to_string()).members(),
            ids: HashMap::new(),
            count: 0,
        }
    }

    /// The text with `{PAD:n}` replaced.
    pub(super) fn padded(&self, template: &str) -> String {
        replace(template, pad)
    }

    /// The text with the labels of ids instead of the ids.
    pub(super) fn unlabelled(&self, body: &str) -> String {
        self.ids.iter().fold(body.to_owned(), |body, (label, id)| {
            body.replace(id, &format!("{{JTI {label}}}"))
        })
    }

    /// The token that `spec` describes.
    pub(super) fn jwt(&mut self, spec: &Value) -> String {
        let token = Token {
            repository: spec["repo"].as_str().unwrap_or_default(),
            fresh: self.id(),
        };
        let base = text(&spec["base"]);
        let owner = KEYS.iter().find(|(name, _)| *name == base);
        let owner = owner.map_or("github", |(name, _)| name);
        let default = json!({"alg": "RS256", "kid": format!("{{KID {owner}}}"), "typ": "JWT"});
        let header = match spec["header_raw"].as_str() {
            Some(raw) => raw.to_owned(),
            None => {
                let header = spec.get("header").unwrap_or(&default);
                self.resolve(Ordered::parse(&header.to_string()), &token)
                    .to_string()
            }
        };
        let header = self.fill(&header, &token);
        let claims = self.claims(spec, base, &token);
        let claims = encoded(&claims, spec["claims_encoding"].as_str());
        let mut parts = vec![
            URL_SAFE_NO_PAD.encode(header),
            URL_SAFE_NO_PAD.encode(claims),
        ];
        for step in steps(spec, "before_signing") {
            change(&mut parts, step);
        }
        let method = spec["sign"].as_str().unwrap_or("RS256");
        let key = spec["key"].as_str().unwrap_or(owner);
        let signature = sign(method, key, parts.join(".").as_bytes());
        parts.push(URL_SAFE_NO_PAD.encode(signature));
        for step in steps(spec, "after_signing") {
            change(&mut parts, step);
        }
        parts.join(".")
    }

    /// The claims as JSON.
    fn claims(&mut self, spec: &Value, base: &str, token: &Token<'_>) -> String {
        let template = match spec["claims_raw"].as_str() {
            Some(raw) => raw.to_owned(),
            None => {
                let (_, claims) = self
                    .bases
                    .iter()
                    .find(|(name, _)| name == base)
                    .expect("a base");
                let mut claims = claims.clone();
                for (name, value) in spec["set"].as_object().into_iter().flatten() {
                    claims.set(name, Ordered::parse(&value.to_string()));
                }
                for name in spec["drop"].as_array().into_iter().flatten() {
                    claims.remove(text(name));
                }
                self.resolve(claims, token).to_string()
            }
        };
        let template = match spec["claims_replace"].as_array().map(Vec::as_slice) {
            Some([old, new]) if !text(old).is_empty() => {
                assert!(template.contains(text(old)), "{old} is not in {template}");
                template.replacen(text(old), text(new), 1)
            }
            _ => template,
        };
        self.fill(&template, token)
    }

    /// The value with the places in its texts replaced. A text that is only a time becomes a number.
    fn resolve(&mut self, value: Ordered, token: &Token<'_>) -> Ordered {
        value.map(&mut |template| {
            let inner = template.strip_prefix('{').and_then(|t| t.strip_suffix('}'));
            match inner.filter(|place| place.starts_with("NOW")).and_then(now) {
                Some(number) => Ordered::Word(number),
                None => Ordered::Text(self.fill(template, token)),
            }
        })
    }

    /// The text with its places replaced.
    fn fill(&mut self, template: &str, token: &Token<'_>) -> String {
        replace(template, |place| self.place(place, token))
    }

    fn place(&mut self, place: &str, token: &Token<'_>) -> Option<String> {
        let (kind, label) = match place.split_once(' ') {
            Some((kind, label)) => (kind, Some(label)),
            None => (place, None),
        };
        match (kind, label) {
            ("REPO", None) => Some(token.repository.to_owned()),
            ("TEXT", Some(time)) => now(time),
            ("SPACED", Some(time)) => now(time).map(|number| format!(" {number} ")),
            ("KID", Some(name)) => Some(format!("pypi-local-index-{name}")),
            ("KID_UPPER", Some(name)) => Some(format!("pypi-local-index-{name}").to_uppercase()),
            ("JTI", None) => Some(token.fresh.clone()),
            ("JTI_UPPER", None) => Some(token.fresh.to_uppercase()),
            ("JTI", Some(label)) => Some(self.labelled(label)),
            ("JTI_UPPER", Some(label)) => Some(self.labelled(label).to_uppercase()),
            _ => now(place).or_else(|| pad(place)),
        }
    }

    fn labelled(&mut self, label: &str) -> String {
        let fresh = self.id();
        self.ids.entry(label.to_owned()).or_insert(fresh).clone()
    }

    fn id(&mut self) -> String {
        self.count += 1;
        format!("c0ffee00-abcd-4000-8000-{:012x}", self.count)
    }
}

/// The text with each place, a name in braces, replaced if it is known.
fn replace(template: &str, mut known: impl FnMut(&str) -> Option<String>) -> String {
    let mut parts = template.split('{');
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let place = part.split_once('}');
        match place.and_then(|(place, rest)| Some((known(place)?, rest))) {
            Some((value, rest)) => filled.extend([&value, rest]),
            None => filled.extend(["{", part]),
        }
    }
    filled
}

/// `NOW`, `NOW+5` or `NOW-0.5` as a number.
fn now(place: &str) -> Option<String> {
    let offset = place.strip_prefix("NOW")?;
    if offset.contains('.') {
        return Some(format!("{:?}", NOW as f64 + offset.parse::<f64>().ok()?));
    }
    let offset = if offset.is_empty() { "+0" } else { offset };
    Some(NOW.checked_add_signed(offset.parse().ok()?)?.to_string())
}

fn pad(place: &str) -> Option<String> {
    Some("x".repeat(place.strip_prefix("PAD:")?.parse().ok()?))
}

fn encoded(text: &str, encoding: Option<&str>) -> Vec<u8> {
    let utf_16 = || text.encode_utf16();
    let utf_32 = || text.chars().map(u32::from);
    match encoding.unwrap_or("utf-8") {
        "utf-8" => text.as_bytes().to_vec(),
        "utf-8-sig" => [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        "utf-16" => std::iter::once(0xfeff)
            .chain(utf_16())
            .flat_map(u16::to_le_bytes)
            .collect(),
        "utf-16-le" => utf_16().flat_map(u16::to_le_bytes).collect(),
        "utf-16-be" => utf_16().flat_map(u16::to_be_bytes).collect(),
        "utf-32" => std::iter::once(0xfeff)
            .chain(utf_32())
            .flat_map(u32::to_le_bytes)
            .collect(),
        "utf-32-le" => utf_32().flat_map(u32::to_le_bytes).collect(),
        "utf-32-be" => utf_32().flat_map(u32::to_be_bytes).collect(),
        "latin-1" => text
            .chars()
            .map(|c| u8::try_from(c).expect("ISO-8859-1"))
            .collect(),
        other => panic!("the replay does not know the encoding {other}"),
    }
}

fn steps<'s>(spec: &'s Value, name: &str) -> &'s [Value] {
    spec[name].as_array().map_or(&[], Vec::as_slice)
}

/// Changes the parts of a token. A change of the whole token makes it one part.
fn change(parts: &mut Vec<String>, step: &Value) {
    let argument = |number: usize| text(&step[number]);
    let number = |at: usize| usize::try_from(step[at].as_u64().expect("a number")).expect("small");
    match argument(0) {
        "prefix" => *parts = vec![format!("{}{}", argument(1), parts.join("."))],
        "suffix" => *parts = vec![format!("{}{}", parts.join("."), argument(1))],
        "keep" => parts.truncate(number(1)),
        "add" => parts.push(argument(1).to_owned()),
        "claims" => {
            let claims = URL_SAFE_NO_PAD.decode(&parts[1]).expect("base64");
            let mut claims = Ordered::parse(std::str::from_utf8(&claims).expect("UTF-8"));
            for (name, value) in step[1].as_object().into_iter().flatten() {
                claims.set(name, Ordered::parse(&value.to_string()));
            }
            parts[1] = URL_SAFE_NO_PAD.encode(claims.to_string());
        }
        kind => {
            let part = &mut parts[number(1)];
            let middle = part.len() / 2;
            match kind {
                "set" => *part = argument(2).to_owned(),
                "append" => part.push_str(argument(2)),
                "insert" => part.insert_str(number(2), argument(3)),
                "cut" => part.truncate(part.len().saturating_sub(number(2))),
                "pad" => {
                    let padding = match part.len() % 4 {
                        0 => 4,
                        rest => 4 - rest,
                    };
                    part.push_str(&"=".repeat(padding));
                }
                "standard" => *part = part.replace('-', "+").replace('_', "/"),
                "flip" => {
                    let other = if part[middle..].starts_with('A') {
                        "B"
                    } else {
                        "A"
                    };
                    part.replace_range(middle..=middle, other);
                }
                "stray" => {
                    let last = part.pop().expect("a character");
                    let place = ALPHABET.find(last).expect("base64") ^ 1;
                    part.push_str(&ALPHABET[place..=place]);
                }
                other => panic!("the replay does not know the change {other}"),
            }
        }
    }
}

const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn sign(method: &str, key: &str, data: &[u8]) -> Vec<u8> {
    let encoding: &'static dyn RsaEncoding = match method {
        "none" => return Vec::new(),
        "HS256" => {
            let (kind, name) = key.split_once(':').unwrap_or((key, ""));
            let secret = match kind {
                "hmac-public" => public_pem(&pair(name)),
                _ => name.to_owned(),
            };
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
            return hmac::sign(&key, data).as_ref().to_vec();
        }
        "PS256" => &RSA_PSS_SHA256,
        "RS256" => &RSA_PKCS1_SHA256,
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        other => panic!("the replay does not know the signature {other}"),
    };
    let pair = pair(key);
    let mut signature = vec![0; pair.public().modulus_len()];
    pair.sign(encoding, &SystemRandom::new(), data, &mut signature)
        .expect("a signature");
    signature
}

fn pair(name: &str) -> RsaKeyPair {
    let (_, der) = KEYS.iter().find(|(key, _)| *key == name).expect("a key");
    RsaKeyPair::from_pkcs8(der).expect("a key")
}

/// The public key as `SubjectPublicKeyInfo` in PEM.
fn public_pem(pair: &RsaKeyPair) -> String {
    let der = |tag: u8, content: &[u8]| {
        let length = u16::try_from(content.len()).expect("short").to_be_bytes();
        [&[tag, 0x82], length.as_slice(), content].concat()
    };
    // The object identifier of rsaEncryption, and NULL.
    const ALGORITHM: &[u8] = b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let key = der(3, &[&[0], pair.public().as_ref()].concat());
    let encoded = STANDARD.encode(der(0x30, &[ALGORITHM, &key].concat()));
    let lines = encoded.as_bytes().chunks(64);
    let lines = lines.map(|line| std::str::from_utf8(line).expect("base64"));
    let lines: Vec<&str> = lines.collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        lines.join("\n")
    )
}
