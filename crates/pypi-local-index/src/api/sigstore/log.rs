//! The transparency log: what it signs about its entries.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::Sigstore;
use super::merkle::{Hash, prove};
use crate::warehouse::LoggedEntry;

/// The tree of the log, whose digits begin the ids of its entries.
const TREE: u64 = 0x1070_7970_692d_6c6f;

/// The name in checkpoints.
const NAME: &str = "rekor.pypi-local-index";

/// How many entries are in the trees before this one. The real log has such trees too, so that an entry's index in the log
/// is not that in the tree.
const EARLIER_ENTRIES: u64 = 121_904_262;

/// The id of an entry: the tree and the hash of the leaf.
pub(super) fn entry_id(leaf: &Hash) -> String {
    format!("{TREE:016x}{}", hex(leaf))
}

/// The position of the entry with this id, which may lack the tree.
pub(super) fn position(entries: &[LoggedEntry], id: &str) -> Option<usize> {
    let id = id.to_ascii_lowercase();
    entries.iter().position(|entry| {
        let full = entry_id(&entry.leaf);
        full == id || full.get(16..) == Some(&id)
    })
}

/// The position of the entry with this index in the log.
pub(super) fn position_of_index(index: u64) -> Option<usize> {
    let index = index.checked_sub(EARLIER_ENTRIES)?;
    usize::try_from(index).ok()
}

/// What the promise signs, in the order of canonical JSON.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Promised<'e> {
    body: &'e str,
    integrated_time: u64,
    #[serde(rename = "logID")]
    log_id: &'e str,
    log_index: u64,
}

impl Sigstore {
    /// The response for the entry at `position`: an object with one member, named after its id.
    pub(super) fn entry(&self, entries: &[LoggedEntry], position: usize) -> Option<Value> {
        let LoggedEntry { body, leaf, time } = entries.get(position)?;
        let index = u64::try_from(position).ok()?;
        let promised = Promised {
            body: &STANDARD.encode(body),
            integrated_time: *time,
            log_id: &hex(&self.log.id()),
            log_index: EARLIER_ENTRIES.checked_add(index)?,
        };
        let promise = self.log.sign(&serde_json::to_vec(&promised).ok()?)?;
        let leaves: Vec<Hash> = entries.iter().map(|entry| entry.leaf).collect();
        let proof = prove(&leaves, position)?;
        let hashes: Vec<String> = proof.path.iter().map(|hash| hex(hash)).collect();
        let mut entry = serde_json::to_value(promised).ok()?;
        entry.as_object_mut()?.insert(
            "verification".to_owned(),
            json!({
                "inclusionProof": {
                    "checkpoint": self.checkpoint(leaves.len(), &proof.root)?,
                    "hashes": hashes,
                    "logIndex": position,
                    "rootHash": hex(&proof.root),
                    "treeSize": leaves.len(),
                },
                "signedEntryTimestamp": STANDARD.encode(promise),
            }),
        );
        Some(Value::Object(Map::from_iter([(entry_id(leaf), entry)])))
    }

    /// A signed note about the tree.
    fn checkpoint(&self, size: usize, root: &Hash) -> Option<String> {
        let note = format!("{NAME} - {TREE}\n{size}\n{}\n", STANDARD.encode(root));
        let signature = self.log.sign(note.as_bytes())?;
        let signature = [self.log.id().get(..4)?, &signature].concat();
        Some(format!(
            "{note}\n\u{2014} {NAME} {}\n",
            STANDARD.encode(signature)
        ))
    }
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
