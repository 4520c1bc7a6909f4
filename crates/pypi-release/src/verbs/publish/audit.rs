//! `--audit FILE`: a line of JSON per event.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use pypi_trusted_upload::{Event, Report, metadata::versioning::Timestamp, transport::Clock};
use serde_json::{Map, Value, json};

use crate::{failure::Failure, files};

/// The audit trail; without a file it does nothing. Events that come for every block of a file are left out.
#[derive(Clone)]
pub(super) struct Audit {
    path: Option<Arc<PathBuf>>,
    clock: Clock,
}

impl Audit {
    /// Fails before anything is sent if the file cannot be written.
    pub(super) fn open(path: Option<&Path>, clock: &Clock) -> Result<Self, Failure> {
        if let Some(path) = path {
            files::append(path, "")?;
        }
        Ok(Self {
            path: path.map(|path| Arc::new(path.to_owned())),
            clock: clock.clone(),
        })
    }

    pub(super) fn event(&self, event: &Event<'_>) {
        if !matches!(event, Event::BytesHashed { .. } | Event::BytesSent { .. })
            && let Ok(Value::Object(event)) = serde_json::to_value(event)
        {
            self.append(event);
        }
    }

    pub(super) fn report(&self, report: &Report) {
        if let Value::Object(event) = json!({ "event": "report", "report": report }) {
            self.append(event);
        }
    }

    fn append(&self, event: Map<String, Value>) {
        let Some(path) = &self.path else {
            return;
        };
        let time = Timestamp::from_unix_seconds(self.clock.unix_seconds());
        let mut line = Map::new();
        line.insert(
            "time".to_owned(),
            time.map_or(Value::Null, |time| time.to_string().into()),
        );
        line.extend(event);
        // One write per line, so that threads do not mix them. A disk that is full later stops no publication.
        let _ = files::append(path, &format!("{}\n", Value::Object(line)));
    }
}
