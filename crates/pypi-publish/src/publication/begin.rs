//! The beginning of a publication: its files by release and project, and the levels of its projects.

use std::collections::{BTreeMap, BTreeSet};

use pypi_http::CancelToken;
use pypi_metadata::{Field, Kind as FileKind, ProjectName, Requirement, Version};
use pypi_upload::Verification;

use super::{FileState, Project, Publication, Release, Stage, State, token::Tokens};
use crate::{
    Event, Plan,
    dists::Dist,
    settings::{Access, Order, Settings},
};

impl Publication {
    pub(crate) fn new(plan: Plan, settings: Settings, access: Access) -> Self {
        let levels = match settings.order {
            Order::Any => BTreeMap::new(),
            Order::Dependencies => levels(&plan.dists),
        };
        let mut publication = Self {
            sends_attestations: plan.sends_attestations,
            #[cfg(feature = "sign")]
            signing: settings.signer.clone().map(super::sign::Signing::new),
            claims: None,
            early_claims: None,
            files: Vec::new(),
            releases: Vec::new(),
            projects: Vec::new(),
            plan,
            settings,
            access,
            cancel: CancelToken::new(),
            end: None,
            has_begun: false,
            new_projects: None,
            level: 0,
            tokens: Tokens::default(),
            running: BTreeMap::new(),
            next_id: 0,
            sent: Default::default(),
            stop: None,
            error: None,
            notes: Vec::new(),
            warnings: Vec::new(),
        };
        publication.group(&levels);
        publication
    }

    /// Fills files, releases and projects.
    fn group(&mut self, levels: &BTreeMap<String, usize>) {
        let mut projects: BTreeMap<String, usize> = BTreeMap::new();
        let mut releases: BTreeMap<(usize, Version), usize> = BTreeMap::new();
        for dist in &self.plan.dists {
            let name = dist.project();
            let project = *projects.entry(name.to_owned()).or_insert_with(|| {
                self.projects.push(Project {
                    name: name.to_owned(),
                    level: levels.get(name).copied().unwrap_or(0),
                    lookup: Stage::Ahead,
                    is_stored: false,
                    sending: 0,
                    verification: Stage::Ahead,
                    doubt: Stage::Ahead,
                });
                self.projects.len() - 1
            });
            let version = dist.distribution.filename().version().clone();
            let release = *releases.entry((project, version)).or_insert_with(|| {
                self.releases.push(Release {
                    project,
                    is_stored: false,
                    sending: 0,
                    wheels_left: 0,
                });
                self.releases.len() - 1
            });
            if dist.distribution.filename().kind() == FileKind::Wheel {
                self.releases[release].wheels_left += 1;
            }
            self.files.push(FileState {
                release,
                state: State::Waiting,
                attempts: Vec::new(),
                renewals: 0,
                verification: Verification::NotAsked,
                url: None,
                signed: None,
            });
        }
    }

    pub(super) fn begin(&mut self) {
        if self.has_begun {
            return;
        }
        self.has_begun = true;
        let now = self.settings.clock.now();
        self.end = self.settings.deadline.map(|deadline| now + deadline);
        self.tell(&Event::Planned {
            files: self.plan.dists.len(),
            bytes: self.plan.size(),
        });
    }
}

/// The level of each project: higher than those of the projects among them that it requires. Projects that require each
/// other, and those that require them, share one level.
fn levels(dists: &[Dist]) -> BTreeMap<String, usize> {
    let mut open: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for dist in dists {
        let required = open.entry(dist.project()).or_default();
        let texts = dist.distribution.metadata().all(Field::RequiresDist);
        required.extend(texts.filter_map(|text| {
            let requirement = Requirement::parse(text).ok()?;
            let name = ProjectName::parse(requirement.name()).ok()?;
            Some(name.normalized().to_owned())
        }));
    }
    let mut levels = BTreeMap::new();
    for level in 0.. {
        if open.is_empty() {
            break;
        }
        let waits = |name: &str, required: &BTreeSet<String>| {
            required
                .iter()
                .any(|other| other != name && open.contains_key(other.as_str()))
        };
        let ready: Vec<&str> = open
            .iter()
            .filter(|(name, required)| !waits(name, required))
            .map(|(name, _)| *name)
            .collect();
        let ready = match ready.is_empty() {
            true => open.keys().copied().collect(),
            false => ready,
        };
        for name in ready {
            open.remove(name);
            levels.insert(name.to_owned(), level);
        }
    }
    levels
}
