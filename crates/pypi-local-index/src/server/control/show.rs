//! What the control shows, as JSON.

use serde_json::{Value, json};

use super::Application;
use crate::api::{RecordedRequest, RecordedValue};
use crate::config::AdminFlag;

impl Application {
    /// The clock, the flags, and how many requests and faults there are.
    pub(super) fn overview(&self) -> Value {
        let state = self.state();
        let flags = AdminFlag::ALL.map(|flag| (flag.key(), state.settings.has(flag).into()));
        json!({
            "clock": self.clock().now(),
            "faults": self.count_faults(),
            "files": state.files().count(),
            "flags": serde_json::Map::from_iter(flags),
            "requests": self.count_requests(),
        })
    }

    pub(super) fn shown_requests(&self) -> Value {
        let requests = self.requests();
        json!({"requests": requests.iter().map(shown_request).collect::<Vec<_>>()})
    }

    pub(super) fn shown_files(&self) -> Value {
        let state = self.state();
        let files = state.files().map(|stored| {
            json!({
                "filename": stored.file.filename,
                "project": stored.project.name.normalized(),
                "version": stored.release.version.to_string(),
                "sha256": stored.file.digests.sha256,
                "blake2b_256": stored.file.digests.blake2b_256,
                "size": stored.file.size,
            })
        });
        json!({"files": files.collect::<Vec<_>>()})
    }

    /// The events of projects and the emails, in order.
    pub(super) fn shown_events(&self) -> Value {
        let state = self.state();
        let events = state
            .events
            .iter()
            .map(|event| json!({"time": event.time, "project": event.project, "kind": event.kind}));
        let emails = state.emails.iter();
        let emails = emails.map(|email| json!({"to": email.to, "subject": email.subject}));
        json!({
            "events": events.collect::<Vec<_>>(),
            "emails": emails.collect::<Vec<_>>(),
        })
    }
}

fn shown_request(request: &RecordedRequest) -> Value {
    let fields = request.fields.iter().map(|(name, value)| match value {
        RecordedValue::Text(text) => json!({"name": name, "value": text}),
        RecordedValue::File {
            filename,
            size,
            sha256,
        } => json!({"name": name, "filename": filename, "size": size, "sha256": sha256}),
    });
    json!({
        "time": request.time,
        "route": request.route,
        "method": request.method,
        "path": request.path,
        "headers": request.headers,
        "fields": fields.collect::<Vec<_>>(),
        "body": request.body,
        "status": (!request.is_cut).then_some(request.status),
        "cut": request.is_cut,
        "message": request.message,
        "rule": request.rule,
    })
}
