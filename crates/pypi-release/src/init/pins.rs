//! The versions that generated files name. Data: read on the date of each row, never from memory.

use serde_json::{Value, json};

/// An action and its commit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pin {
    pub(super) action: &'static str,
    pub(super) version: &'static str,
    pub(super) commit: &'static str,
    /// When the tag was made.
    pub(super) tagged: &'static str,
    /// Where the commit of the tag was read, and when.
    pub(super) source: &'static str,
}

impl Pin {
    pub(super) fn json(&self) -> Value {
        json!({
            "action": self.action,
            "version": self.version,
            "commit": self.commit,
            "tagged": self.tagged,
            "source": self.source,
        })
    }
}

/// A newer version exists when an action has been tagged since; a pinned commit stays what it is.
pub(super) const ACTIONS: [Pin; 4] = [
    Pin {
        action: "actions/checkout",
        version: "v7.0.1",
        commit: "3d3c42e5aac5ba805825da76410c181273ba90b1",
        tagged: "2026-07-17",
        source: "refs/tags/v7.0.1 of the repository as of 2026-07-22; read 2026-11-21",
    },
    Pin {
        action: "actions/download-artifact",
        version: "v8.0.1",
        commit: "3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c",
        tagged: "2026-03-11",
        source: "refs/tags/v8.0.1 of the repository as of 2026-05-04; read 2026-11-21",
    },
    Pin {
        action: "actions/setup-python",
        version: "v7.0.0",
        commit: "5fda3b95a4ea91299a34e894583c3862153e4b97",
        tagged: "2026-07-19",
        source: "refs/tags/v7.0.0 of the repository as of 2026-07-24; read 2026-11-21",
    },
    Pin {
        action: "actions/upload-artifact",
        version: "v7.0.0",
        commit: "bbbca2ddaa5d8feaa63e36b76fdaad77386f024f",
        tagged: "2026-02-25",
        source: "refs/tags/v7.0.0 of the repository as of 2026-03-01; read 2026-11-21",
    },
];

/// The version of `build` on PyPI, 2026-11-21.
pub(super) const BUILD: &str = "1.6.1";

/// The Python of generated jobs: the newest stable one of the runner or image.
pub(super) const PYTHON: &str = "3.x";

/// The image of generated GitLab jobs. It contains git.
pub(super) const IMAGE: &str = "python:3";

/// `uses:` of an action: the commit, and the version as a comment.
pub(super) fn uses(action: &str) -> String {
    let pin = ACTIONS.iter().find(|pin| pin.action == action);
    pin.map_or_else(String::new, |pin| {
        format!("{}@{} # {}", pin.action, pin.commit, pin.version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_commit_a_version_and_where_they_are_from() {
        for pin in ACTIONS {
            assert!(pin.commit.len() == 40 && pin.commit.bytes().all(|b| b.is_ascii_hexdigit()));
            assert!(
                pin.version.starts_with('v') && pin.source.contains(pin.version),
                "{pin:?}"
            );
            assert!(
                pin.tagged < "2026-11-21" && pin.source.contains("read 20"),
                "{pin:?}"
            );
        }
        assert_eq!(
            uses("actions/checkout"),
            "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1"
        );
    }
}
