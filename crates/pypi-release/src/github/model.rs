//! What GitHub says of releases, assets, tags and workflow runs: the fields that are used.

use serde::Deserialize;

/// A release, published or a draft.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Release {
    pub(crate) id: u64,
    pub(crate) html_url: String,
    pub(crate) upload_url: String,
    pub(crate) tag_name: String,
    pub(crate) body: Option<String>,
    pub(crate) draft: bool,
    #[serde(default)]
    pub(crate) prerelease: bool,
    /// Absent where GitHub does not know immutable releases.
    #[serde(default)]
    pub(crate) immutable: Option<bool>,
}

impl Release {
    pub(crate) fn is_immutable(&self) -> bool {
        self.immutable == Some(true)
    }
}

/// A file of a release.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Asset {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) state: String,
    pub(crate) size: u64,
    /// `sha256:` and the digest; not all assets have one.
    pub(crate) digest: Option<String>,
}

impl Asset {
    /// Whether all bytes have arrived. Other words than `uploaded`, such as `starter` and `open`, are unfinished.
    pub(crate) fn is_uploaded(&self) -> bool {
        self.state == "uploaded"
    }

    /// The sha256 as GitHub computed it.
    pub(crate) fn sha256(&self) -> Option<&str> {
        self.digest.as_deref()?.strip_prefix("sha256:")
    }
}

/// What a ref or an annotated tag points at.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Reference {
    pub(super) object: Object,
}

#[derive(Clone, Debug, Deserialize)]
pub(super) struct Object {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) sha: String,
}

/// A page of workflow runs.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Runs {
    pub(super) workflow_runs: Vec<Run>,
}

/// A run of a workflow.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Run {
    /// The file of the workflow; GitHub may add `@` and the ref.
    pub(crate) path: String,
    pub(crate) event: String,
    pub(crate) head_sha: String,
    /// Any word but `completed` means that the run has not ended.
    pub(crate) status: Option<String>,
    /// Any word but `success` means that the run failed.
    pub(crate) conclusion: Option<String>,
    #[serde(default)]
    pub(crate) run_number: u64,
    #[serde(default)]
    pub(crate) run_attempt: u64,
    pub(crate) html_url: String,
}

impl Run {
    /// Whether the run has ended.
    pub(crate) fn is_completed(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }

    /// Whether the run has ended well.
    pub(crate) fn is_success(&self) -> bool {
        self.is_completed() && self.conclusion.as_deref() == Some("success")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shapes that GitHub documents, with fields that nobody reads and without those that may be absent.
    macro_rules! documented {
        ($name:literal) => {
            serde_json::from_str(include_str!(concat!("../../tests/github/", $name))).unwrap()
        };
    }

    #[test]
    fn documented_replies_are_understood() {
        let draft: Release = documented!("draft.json");
        assert!(draft.draft && !draft.is_immutable());
        assert!(draft.html_url.contains("untagged-"));
        let published: Release = documented!("published.json");
        assert!(!published.draft && published.prerelease && !published.is_immutable());
        assert_eq!(published.body, None);

        let assets: Vec<Asset> = documented!("assets.json");
        let finished: Vec<bool> = assets.iter().map(Asset::is_uploaded).collect();
        assert_eq!(finished, [true, false, true]);
        assert!(
            assets[0]
                .sha256()
                .is_some_and(|sha256| sha256.starts_with("9f86d0"))
        );
        assert_eq!((assets[1].sha256(), assets[2].sha256()), (None, None));

        let runs: Runs = documented!("runs.json");
        let [waiting, failed] = runs.workflow_runs.as_slice() else {
            panic!("two runs");
        };
        assert!(!waiting.is_completed() && failed.is_completed() && !failed.is_success());
        assert_eq!((waiting.run_attempt, failed.run_attempt), (2, 0));
    }
}
