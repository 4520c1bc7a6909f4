//! Descriptions are rendered by threads of their own: a hostile one takes minutes.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use pypi_metadata::readme::{Rendered, render};
use pypi_metadata::{ProjectName, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::Application;
use crate::warehouse::{Readme, Release};

/// How long a page waits for its description. Then it shows the source, and a later page what was rendered meanwhile.
const TIME: Duration = Duration::from_secs(2);

/// The largest description that is rendered, in bytes. Its worst case needs about 128 MiB of memory.
const MAX_TEXT: usize = 256 * 1024;

/// The largest HTML that is kept, in bytes.
const MAX_HTML: usize = 4 * 1024 * 1024;

/// How many descriptions are rendered at a time.
const THREADS: usize = 2;

/// The threads that render.
pub(super) struct Renderer(Arc<Semaphore>);

impl Default for Renderer {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(THREADS)))
    }
}

struct Job {
    text: String,
    content_type: Option<String>,
    readme: Readme,
}

impl Application {
    /// Renders the description for the page at `path`, if there is time.
    pub(crate) async fn render_for(&self, path: &str) {
        let Some(job) = self.job(path) else { return };
        let slots = Arc::clone(&self.renderer.0);
        let render = async {
            if let Ok(slot) = slots.acquire_owned().await {
                let (done, end) = oneshot::channel::<()>();
                job.start(slot, done);
                let _ = end.await;
            }
        };
        let _ = tokio::time::timeout(TIME, render).await;
    }

    /// The same without a runtime.
    pub(crate) fn render_for_memory(&self, path: &str) {
        let slots = Arc::clone(&self.renderer.0);
        let (Some(job), Ok(slot)) = (self.job(path), slots.try_acquire_owned()) else {
            return;
        };
        let (done, end) = mpsc::channel::<()>();
        job.start(slot, done);
        let _ = end.recv_timeout(TIME);
    }

    /// What to render for the page at `path`: the release that it names, or the newest.
    fn job(&self, path: &str) -> Option<Job> {
        let mut parts = path.strip_prefix("/project/")?.split('/');
        let name = ProjectName::parse(parts.next()?).ok()?;
        let state = self.state();
        let project = state.project(name.normalized())?;
        let version = parts
            .next()
            .and_then(|version| Version::parse(version).ok());
        let release = match version {
            Some(version) => project.release(&version),
            None => project.newest(),
        };
        release.and_then(Job::of)
    }
}

impl Job {
    /// `None` if there is nothing to render, or it is rendered already.
    fn of(release: &Release) -> Option<Self> {
        let text = release.field("description")?;
        if release.readme.is_started() {
            return None;
        }
        Some(Self {
            text: text.to_owned(),
            content_type: release.field("description_content_type").map(str::to_owned),
            readme: release.readme.clone(),
        })
    }

    /// Renders in a thread, which drops `done` at its end.
    fn start(self, slot: OwnedSemaphorePermit, done: impl Send + 'static) {
        let builder = std::thread::Builder::new().name("pypi-local-index readme".to_owned());
        // Without a thread, the source is shown.
        let _ = builder.spawn(move || {
            self.readme
                .render_once(|| rendered(&self.text, self.content_type.as_deref()));
            drop((slot, done));
        });
    }
}

fn rendered(text: &str, content_type: Option<&str>) -> Option<Rendered> {
    let is_small = text.len() <= MAX_TEXT;
    let rendered = is_small.then(|| render(text, content_type))?;
    (rendered.html().len() <= MAX_HTML).then_some(rendered)
}
