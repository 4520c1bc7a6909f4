//! What the fake remembers.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::{COMMIT, fault::Fault};

/// The only token that may write.
pub(crate) const TOKEN: &str = "ghs_fakeTokenOfTheJob0123456789";

pub(crate) struct State {
    pub(crate) url: String,
    pub(crate) releases: Vec<Release>,
    /// Tags and their commits.
    pub(crate) tags: BTreeMap<String, String>,
    /// Tags with an object of their own.
    pub(crate) annotated: BTreeSet<String>,
    /// Whether releases are immutable from their publication on.
    pub(crate) immutable: bool,
    /// Tags of immutable releases, also deleted ones.
    pub(crate) used_tags: BTreeSet<String>,
    /// For how many listings a new release is not listed.
    pub(crate) lag: u32,
    pub(crate) faults: Vec<Fault>,
    pub(crate) runs: Vec<Run>,
    pub(crate) log: Vec<String>,
    pub(crate) next: u64,
}

#[derive(Clone)]
pub(crate) struct Release {
    pub(crate) id: u64,
    pub(crate) tag: String,
    pub(crate) name: String,
    pub(crate) body: String,
    pub(crate) draft: bool,
    pub(crate) prerelease: bool,
    pub(crate) make_latest: String,
    pub(crate) immutable: bool,
    pub(crate) lag: u32,
    pub(crate) assets: Vec<Asset>,
}

#[derive(Clone)]
pub(crate) struct Asset {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) label: Option<String>,
    pub(crate) state: &'static str,
    pub(crate) size: usize,
    pub(crate) sha256: Option<String>,
}

pub(crate) struct Run {
    id: u64,
    workflow: String,
    pub(crate) head_sha: String,
    pub(crate) event: String,
    states: Vec<String>,
    step: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            url: "http://127.0.0.1:1".to_owned(),
            releases: Vec::new(),
            tags: BTreeMap::from([("v1.0.0".to_owned(), COMMIT.to_owned())]),
            annotated: BTreeSet::new(),
            immutable: false,
            used_tags: BTreeSet::new(),
            lag: 0,
            faults: Vec::new(),
            runs: Vec::new(),
            log: Vec::new(),
            next: 1,
        }
    }
}

impl State {
    pub(crate) fn id(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// Adds a release; returns its number.
    pub(crate) fn add(&mut self, tag: &str, draft: bool, body: &str) -> u64 {
        let id = self.id();
        self.releases.push(Release {
            id,
            tag: tag.to_owned(),
            name: tag.to_owned(),
            body: body.to_owned(),
            draft,
            prerelease: false,
            make_latest: "true".to_owned(),
            immutable: self.immutable && !draft,
            lag: self.lag,
            assets: Vec::new(),
        });
        id
    }

    /// Adds an asset of a release; `None` is an unfinished one.
    pub(crate) fn add_asset(&mut self, release: u64, name: &str, bytes: Option<&[u8]>) -> u64 {
        let id = self.id();
        let asset = Asset {
            id,
            name: name.to_owned(),
            label: None,
            state: if bytes.is_some() {
                "uploaded"
            } else {
                "starter"
            },
            size: bytes.map_or(0, <[u8]>::len),
            sha256: bytes.map(sha256),
        };
        self.release(release).expect("a release").assets.push(asset);
        id
    }

    pub(crate) fn add_fault(&mut self, fault: &Value) {
        self.faults.push(Fault::parse(fault));
    }

    pub(crate) fn release(&mut self, id: u64) -> Option<&mut Release> {
        self.releases.iter_mut().find(|release| release.id == id)
    }

    pub(crate) fn add_run(&mut self, run: &Value) {
        let text = |name: &str| run[name].as_str().unwrap_or_default().to_owned();
        let states = run["states"].as_array().expect("states");
        let id = self.id();
        self.runs.push(Run {
            id,
            workflow: text("workflow"),
            head_sha: text("head_sha"),
            event: run["event"].as_str().unwrap_or("push").to_owned(),
            states: states
                .iter()
                .map(|state| state.as_str().expect("a word").to_owned())
                .collect(),
            step: 0,
        });
    }

    /// The runs of a workflow; each moves on to its next state.
    pub(crate) fn runs_of(&mut self, workflow: &str) -> Vec<Value> {
        let runs = self.runs.iter_mut().filter(|run| run.workflow == workflow);
        runs.map(Run::json).collect()
    }

    pub(crate) fn run_of(&mut self, id: u64) -> Option<Value> {
        self.runs.iter_mut().find(|run| run.id == id).map(Run::json)
    }

    /// What tests in other languages compare.
    pub(crate) fn json(&self) -> Value {
        let releases: Vec<Value> = self
            .releases
            .iter()
            .map(|release| release.json(&self.url))
            .collect();
        json!({ "releases": releases, "tags": self.tags, "log": self.log })
    }
}

impl Release {
    pub(crate) fn json(&self, url: &str) -> Value {
        let place = if self.draft {
            format!("untagged-{:020x}", self.id)
        } else {
            self.tag.clone()
        };
        let own = format!("{url}/repos/o/r/releases/{}", self.id);
        // Unfinished assets are missing here.
        let assets: Vec<Value> = self
            .assets
            .iter()
            .filter(|asset| asset.state == "uploaded")
            .map(|asset| asset.json(url, &place))
            .collect();
        json!({
            "id": self.id,
            "node_id": format!("RE_{}", self.id),
            "url": own,
            "html_url": format!("{url}/o/r/releases/tag/{place}"),
            "assets_url": format!("{own}/assets"),
            "upload_url": format!("{own}/assets{{?name,label}}"),
            "tag_name": self.tag,
            "target_commitish": "main",
            "name": self.name,
            "body": self.body,
            "draft": self.draft,
            "prerelease": self.prerelease,
            "immutable": self.immutable,
            "created_at": "2026-11-21T10:00:00Z",
            "published_at": (!self.draft).then_some("2026-11-21T10:05:00Z"),
            "assets": assets,
            // Not part of GitHub's answer.
            "_make_latest": self.make_latest,
        })
    }

    pub(crate) fn place(&self) -> String {
        if self.draft {
            format!("untagged-{:020x}", self.id)
        } else {
            self.tag.clone()
        }
    }
}

impl Asset {
    pub(crate) fn json(&self, url: &str, place: &str) -> Value {
        json!({
            "id": self.id,
            "node_id": format!("RA_{}", self.id),
            "url": format!("{url}/repos/o/r/releases/assets/{}", self.id),
            "name": self.name,
            "label": self.label,
            "state": self.state,
            "content_type": "application/octet-stream",
            "size": self.size,
            "digest": self.sha256.as_ref().map(|digest| format!("sha256:{digest}")),
            "download_count": 0,
            "created_at": "2026-11-21T10:01:00Z",
            "updated_at": "2026-11-21T10:01:00Z",
            "browser_download_url": format!("{url}/o/r/releases/download/{place}/{}", self.name),
        })
    }
}

impl Run {
    fn json(&mut self) -> Value {
        let state = self.states[self.step.min(self.states.len() - 1)].as_str();
        let is_unfinished = matches!(
            state,
            "requested" | "queued" | "pending" | "waiting" | "in_progress"
        );
        let value = json!({
            "id": self.id,
            "name": "CI",
            "path": format!(".github/workflows/{}", self.workflow),
            "workflow_id": 7,
            "event": self.event,
            "head_sha": self.head_sha,
            "head_branch": "main",
            "status": if is_unfinished { state } else { "completed" },
            "conclusion": (!is_unfinished).then_some(state),
            "run_number": self.id,
            "run_attempt": 1,
            "html_url": format!("https://github.com/o/r/actions/runs/{}", self.id),
        });
        self.step += 1;
        value
    }
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
