//! Asks an index what it lists and serves.

use std::time::{Duration, SystemTime};

use pypi_trusted_upload::{
    BlockingClient, Index, RetryPolicy, Transport as _,
    metadata::Filename,
    transport::{CancelToken, drive_until},
    upload::{Download, Listing, Lookup, ProvenanceLookup, Served, Verification, Verify},
};

use super::{
    provenance::{Provenance, ProvenanceReport},
    report::{FileReport, ProjectReport, Report, Verdict},
    subject::{Release, Wanted},
};
use crate::{context::Context, credentials::Found};

/// An index that is asked until `end`.
pub(super) struct Asked<'a> {
    pub(super) index: &'a Index,
    pub(super) end: SystemTime,
    pub(super) client: BlockingClient,
    pub(super) cancel: &'a CancelToken,
    pub(super) context: &'a Context,
    /// `None`: it is not asked who published.
    pub(super) provenance: Option<&'a Provenance>,
    /// Whether the bytes are compared, and not only what the index lists.
    pub(super) downloads: bool,
    /// For pages and files at the origin of the index, which may be private.
    pub(super) credentials: Option<&'a Found>,
}

impl Asked<'_> {
    /// Adds what the index shows of a release to the report.
    pub(super) fn release(&self, release: &Release, report: &mut Report) {
        let name = release.name.normalized().to_owned();
        self.context
            .console
            .progress(format_args!("asking {} for {name}", report.label));
        let (listing, mut files) = match release.files.clone() {
            Some(wanted) => self.listed(&name, wanted, release),
            None => self.all_listed(&name, release),
        };
        if let Some(listing) = &listing {
            report.projects.retain(|known| known.name != name);
            report.projects.push(ProjectReport {
                name,
                status: listing.status().map(str::to_owned),
                reason: listing.status_reason().map(str::to_owned),
            });
            for file in &mut files {
                file.yanked = listing.yanked(&file.filename).map(str::to_owned);
                file.url = listing.url(&file.filename);
            }
        }
        for file in &mut files {
            if file.verdict == Verdict::Confirmed {
                self.bytes(file);
            }
            if let Some(listing) = &listing {
                file.provenance = self.provenance(listing, file, release.files.is_some());
            }
        }
        report.files.append(&mut files);
    }

    /// Whether the index lists files of ours with their hashes.
    fn listed(
        &self,
        name: &str,
        wanted: Vec<Wanted>,
        release: &Release,
    ) -> (Option<Listing>, Vec<FileReport>) {
        let mut files: Vec<FileReport> = wanted
            .into_iter()
            .map(|wanted| FileReport::new(wanted, release))
            .collect();
        let expected = files
            .iter()
            .map(|file| (file.filename.clone(), file.sha256.clone()));
        let Some(mut verify) = Verify::new(self.index, name, expected) else {
            return (None, files);
        };
        if let Some(found) = self.credentials {
            verify = verify.credentials(&found.credentials());
        }
        let mut verify = verify
            .retry(self.policy())
            .clock(self.context.clock.clone())
            .timeout(self.left());
        let Ok(results) = drive_until(&mut verify, &self.client, self.cancel);
        for (file, result) in files.iter_mut().zip(results) {
            file.verdict = match result {
                Verification::Confirmed => Verdict::Confirmed,
                Verification::Different { .. } => Verdict::Different,
                Verification::NotShownYet => Verdict::NotShownYet,
                _ => Verdict::Unknown,
            };
            file.message = result.to_string();
        }
        (verify.listing().cloned(), files)
    }

    /// All files that the index lists of a release. Their hashes are those that it lists.
    fn all_listed(&self, name: &str, release: &Release) -> (Option<Listing>, Vec<FileReport>) {
        let mut pause = Duration::from_secs(1);
        loop {
            let Some(mut lookup) = Lookup::new(self.index, name, self.policy()) else {
                return (None, Vec::new());
            };
            if let Some(found) = self.credentials {
                lookup = lookup.credentials(&found.credentials());
            }
            let listing = match drive_until(lookup, &self.client, self.cancel) {
                Ok(listing) => listing,
                Err(error) => {
                    let why = format!("not verified: {}", error.causes());
                    let file = FileReport::of_release(release, Verdict::Unknown, why);
                    return (None, vec![file]);
                }
            };
            let files = files_of(&listing, release);
            let is_over = pause > self.left()
                || listing.status() == Some("quarantined")
                || self.cancel.is_cancelled();
            if !files.is_empty() {
                return (Some(listing), files);
            }
            if is_over {
                let why = "not listed by the index yet".to_owned();
                let file = FileReport::of_release(release, Verdict::NotShownYet, why);
                return (Some(listing), vec![file]);
            }
            self.client.wait(pause, self.cancel);
            pause = (pause * 2).min(Duration::from_secs(10));
        }
    }

    /// Whether the index serves the bytes of a listed file.
    fn bytes(&self, file: &mut FileReport) {
        if !self.downloads {
            file.verdict = Verdict::NotAsked;
            file.message = "not downloaded".to_owned();
            return;
        }
        let Some(url) = &file.url else {
            file.verdict = Verdict::Unknown;
            file.message = "not compared: the index lists the file without a URL".to_owned();
            return;
        };
        self.context
            .console
            .progress(format_args!("downloading {}", file.filename));
        let mut download = Download::new(url, &file.sha256, file.size, std::io::sink());
        if let Some(found) = self.credentials {
            download = download.credentials(&found.credentials(), self.index);
        }
        let mut download = download
            .retry(self.policy())
            .clock(self.context.clock.clone())
            .timeout(self.left());
        let Ok(served) = drive_until(&mut download, &self.client, self.cancel);
        file.verdict = match served {
            Served::Same => Verdict::Confirmed,
            Served::Different { .. } => Verdict::Different,
            Served::Absent => Verdict::NotShownYet,
            _ => Verdict::Unknown,
        };
        file.message = served.to_string();
    }

    /// Who published a file that is what it should be.
    fn provenance(
        &self,
        listing: &Listing,
        file: &FileReport,
        is_ours: bool,
    ) -> Option<ProvenanceReport> {
        let is_known = matches!(file.verdict, Verdict::Confirmed | Verdict::NotAsked);
        let provenance = self.provenance.filter(|_| is_known)?;
        let filename = Filename::parse(&file.filename).ok()?;
        let reply = match listing.provenance_url(&file.filename) {
            None => Ok(None),
            Some(url) => {
                let lookup = ProvenanceLookup::new(&url, self.policy());
                drive_until(lookup, &self.client, self.cancel)
            }
        };
        let (sha256, clock) = (&file.sha256, &self.context.clock);
        Some(provenance.report(reply, &filename, sha256, is_ours, clock, self.cancel))
    }

    fn policy(&self) -> RetryPolicy {
        RetryPolicy::default().clock(self.context.clock.clone())
    }

    fn left(&self) -> Duration {
        let now = self.context.clock.now();
        self.end.duration_since(now).unwrap_or_default()
    }
}

fn files_of(listing: &Listing, release: &Release) -> Vec<FileReport> {
    let filenames = listing.filenames().filter_map(|name| {
        let filename = Filename::parse(name).ok()?;
        let is_ours = filename.name().normalized() == release.name.normalized()
            && *filename.version() == release.version;
        is_ours.then_some(filename)
    });
    let files = filenames.map(|filename| {
        let name = filename.as_str().to_owned();
        let sha256 = listing.sha256(&name);
        let wanted = Wanted {
            sha256: sha256.unwrap_or_default().to_owned(),
            size: listing.size(&name),
            filename,
        };
        let mut file = FileReport::new(wanted, release);
        (file.verdict, file.message) = match sha256 {
            Some(_) => (Verdict::Confirmed, String::new()),
            None => (
                Verdict::Unknown,
                "not compared: the index lists the file without a sha256".to_owned(),
            ),
        };
        file
    });
    files.collect()
}
