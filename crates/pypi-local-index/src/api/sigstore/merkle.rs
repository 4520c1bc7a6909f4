//! The tree of a transparency log (RFC 6962, section 2.1).

use super::key::sha256;

pub(super) type Hash = [u8; 32];

/// The hash of a leaf.
pub(super) fn leaf_hash(leaf: &[u8]) -> Hash {
    sha256(&[&[0], leaf].concat())
}

/// Why a leaf is in the tree: the root, and the hashes that lead to it from the leaf.
pub(super) struct Proof {
    pub(super) root: Hash,
    pub(super) path: Vec<Hash>,
}

/// The proof for the leaf at `index` in the tree of `leaves`. `None` if there is no such leaf.
///
/// Each level pairs the nodes of the one below. A node without a partner moves up unchanged, which gives the tree of the
/// RFC for every number of leaves.
pub(super) fn prove(leaves: &[Hash], index: usize) -> Option<Proof> {
    leaves.get(index)?;
    let mut level = leaves.to_vec();
    let mut position = index;
    let mut path = Vec::new();
    while level.len() > 1 {
        path.extend(level.get(position ^ 1));
        level = level.chunks(2).map(parent).collect();
        position /= 2;
    }
    Some(Proof {
        root: *level.first()?,
        path,
    })
}

fn parent(children: &[Hash]) -> Hash {
    match children {
        [left, right] => sha256(&[&[1], left.as_slice(), right].concat()),
        [only] => *only,
        _ => Hash::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The root that a proof leads to, by the algorithm of RFC 9162, section 2.1.3.2.
    fn root_of(leaf: Hash, index: usize, size: usize, path: &[Hash]) -> Option<Hash> {
        let (mut node, mut last, mut root) = (index, size - 1, leaf);
        for sibling in path {
            if last == 0 {
                return None;
            }
            if node % 2 == 1 || node == last {
                root = parent(&[*sibling, root]);
                while node % 2 == 0 && node != 0 {
                    node /= 2;
                    last /= 2;
                }
            } else {
                root = parent(&[root, *sibling]);
            }
            node /= 2;
            last /= 2;
        }
        (last == 0).then_some(root)
    }

    #[test]
    fn every_leaf_of_every_tree_is_proved() {
        let leaves: Vec<Hash> = (0..70_u8).map(|leaf| leaf_hash(&[leaf])).collect();
        for size in 1..=leaves.len() {
            let tree = &leaves[..size];
            for (index, leaf) in tree.iter().enumerate() {
                let proof = prove(tree, index).expect("a leaf");
                let root = root_of(*leaf, index, size, &proof.path);
                assert_eq!(root, Some(proof.root), "leaf {index} of {size}");
            }
            assert!(prove(tree, size).is_none());
        }
    }

    /// The test vector of RFC 6962's reference implementation.
    #[test]
    fn the_root_of_a_known_tree() {
        let leaves: [&[u8]; 3] = [b"", b"\x00", b"\x10"];
        let leaves: Vec<Hash> = leaves.into_iter().map(leaf_hash).collect();
        let root = prove(&leaves, 0).expect("a leaf").root;
        let hex: String = root.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(
            hex,
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
        );
    }
}
