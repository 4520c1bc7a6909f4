//! A process and what it started.

use std::process::Child;

/// A process and, on Unix, those that it has started and that did not leave its process group.
pub(super) struct Group(pub(super) Child);

impl Drop for Group {
    fn drop(&mut self) {
        // All of it fails for processes that have ended.
        #[cfg(unix)]
        if let Some(id) = i32::try_from(self.0.id())
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        {
            let _ = rustix::process::kill_process_group(id, rustix::process::Signal::KILL);
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
