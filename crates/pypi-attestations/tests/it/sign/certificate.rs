//! Signing certificates that no authority signed, for tests of what happens before a verification.

use base64::{Engine as _, engine::general_purpose::STANDARD};

/// A certificate for a public key, in PEM, valid from 2025-10-09 08:50:00 to 09:00:00 UTC. Its name and OIDC issuer can be left out.
pub(crate) fn pem(public_key: &[u8], san: Option<&str>, issuer: Option<&str>) -> String {
    let der = der(public_key, san, issuer);
    format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        STANDARD.encode(der)
    )
}

/// The key that a request for a certificate is for, in DER.
pub(crate) fn requested_key(request: &serde_json::Value) -> Vec<u8> {
    let content = &request["publicKeyRequest"]["publicKey"]["content"];
    let pem = content.as_str().expect("PEM");
    let lines = pem.lines().filter(|line| !line.starts_with("-----"));
    STANDARD.decode(lines.collect::<String>()).expect("base64")
}

fn der(public_key: &[u8], san: Option<&str>, issuer: Option<&str>) -> Vec<u8> {
    const ECDSA_SHA256: &[u8] = &[
        0x30, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02,
    ];
    let validity = [tlv(0x17, b"251009085000Z"), tlv(0x17, b"251009090000Z")];
    let san = san.map(|san| {
        let names = tlv(0x30, &tlv(0x86, san.as_bytes()));
        extension(&[0x55, 0x1d, 0x11], &names)
    });
    let issuer = issuer.map(|issuer| {
        let oid = [0x2b, 0x06, 0x01, 0x04, 0x01, 0x83, 0xbf, 0x30, 0x01, 0x08];
        extension(&oid, &tlv(0x0c, issuer.as_bytes()))
    });
    let extensions: Vec<u8> = san.into_iter().chain(issuer).flatten().collect();
    let extensions = match extensions.is_empty() {
        true => Vec::new(),
        false => tlv(0xa3, &tlv(0x30, &extensions)),
    };
    let fields = [
        tlv(0xa0, &tlv(0x02, &[2])),
        tlv(0x02, &[1]),
        ECDSA_SHA256.to_vec(),
        tlv(0x30, &[]),
        tlv(0x30, &validity.concat()),
        tlv(0x30, &[]),
        public_key.to_vec(),
        extensions,
    ];
    let signature = tlv(0x03, b"\0not a signature");
    tlv(
        0x30,
        &[
            tlv(0x30, &fields.concat()),
            ECDSA_SHA256.to_vec(),
            signature,
        ]
        .concat(),
    )
}

fn extension(oid: &[u8], value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[tlv(0x06, oid), tlv(0x04, value)].concat())
}

fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = u16::try_from(value.len()).expect("short").to_be_bytes();
    let length = match (value.len(), length) {
        (0..0x80, [_, low]) => vec![low],
        (0x80..0x100, [_, low]) => vec![0x81, low],
        (_, [high, low]) => vec![0x82, high, low],
    };
    [vec![tag], length, value.to_vec()].concat()
}
