//! Checkouts in temporary folders, copied from a template.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs::{File, OpenOptions},
    os::unix::{
        ffi::OsStrExt,
        fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
    },
    path::{Path, PathBuf},
    process::Command,
};

use tempfile::TempDir;

/// Files that are larger, and sparse, are compared by size and time only.
const MAX_HASHED: u64 = 16 * 1024 * 1024;

/// A checkout with two commits after the tag v1.2.3, to be copied.
pub(super) struct Template(TempDir);

impl Template {
    pub(super) fn new() -> Self {
        let folder = temporary();
        let root = folder.path();
        git(root, &["init", "--quiet", "--template="]);
        for (number, tag) in [(1, Some("v1.2.3")), (2, None), (3, None)] {
            write(&root.join("file"), format!("change {number}\n").as_bytes());
            write(&root.join("other"), b"text\n");
            git(root, &["add", "."]);
            git(root, &["commit", "--quiet", "-m", "change"]);
            if let Some(tag) = tag {
                git(root, &["tag", tag]);
            }
        }
        Self(folder)
    }

    /// Returns the first two numbers of the version of git.
    pub(super) fn git_version() -> [u32; 2] {
        let text = git(Path::new("/"), &["version"]);
        let numbers = text
            .split([' ', '.'])
            .filter_map(|number| number.parse().ok());
        let numbers: Vec<_> = numbers.take(2).collect();
        numbers.try_into().expect("git version 2.47.3")
    }

    /// Returns a copy, in which git compares the content of every file, because the times differ.
    pub(super) fn copy(&self) -> Sandbox {
        let folder = temporary();
        for name in ["outside", "checkout"] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        program(
            &folder.path().join("outside/payload"),
            &folder.path().join("ran"),
        );
        write(
            &folder.path().join("outside/victim"),
            b"ref: refs/heads/main\n",
        );
        copy(self.0.path(), &folder.path().join("checkout"));
        Sandbox { folder }
    }
}

/// A folder with a hostile checkout, and files that it must not change.
pub(super) struct Sandbox {
    folder: TempDir,
}

/// What is compared of a file: type and permissions, size, times, and content or target.
type Entry = (u32, u64, [i64; 4], Vec<u8>);

impl Sandbox {
    /// The folder to read: `checkout`, or what `checkout/.root` links to.
    pub(super) fn root(&self) -> PathBuf {
        let root = self.folder.path().join("checkout");
        match std::fs::read_link(root.join(".root")) {
            Ok(target) => root.join(target),
            Err(_) => root,
        }
    }

    pub(super) fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join("checkout").join(name)
    }

    /// A file of the checkout, to change its size or its time.
    #[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
    pub(super) fn file(&self, name: &str) -> File {
        let file = OpenOptions::new().write(true).open(self.path(name));
        file.expect("a file")
    }

    pub(super) fn outside(&self, name: &str) -> PathBuf {
        self.folder.path().join("outside").join(name)
    }

    /// Replaces `{P}` by a program that leaves a mark, `{O}` by the folder outside of the checkout,
    /// and `{M}` by the file that the program creates.
    pub(super) fn text(&self, text: &str) -> String {
        let replacements = [
            ("{P}", self.outside("payload")),
            ("{O}", self.outside("")),
            ("{M}", self.folder.path().join("ran")),
        ];
        replacements
            .iter()
            .fold(text.to_owned(), |text, (name, path)| {
                text.replace(name, path.to_str().expect("UTF-8").trim_end_matches('/'))
            })
    }

    pub(super) fn git(&self, args: &[&str]) -> String {
        let args: Vec<_> = args.iter().map(|arg| self.text(arg)).collect();
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        git(&self.path(""), &args)
    }

    #[expect(clippy::disallowed_methods, reason = "a test reads its checkout")]
    pub(super) fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).expect("a file")
    }

    /// Writes a file of the checkout.
    pub(super) fn write(&self, name: impl AsRef<Path>, text: impl AsRef<[u8]>) {
        let text = text.as_ref();
        let text = match std::str::from_utf8(text) {
            Ok(text) => self.text(text).into_bytes(),
            Err(_) => text.to_vec(),
        };
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        write(&path, &text);
    }

    #[expect(clippy::disallowed_methods, reason = "a test changes its checkout")]
    pub(super) fn append(&self, name: &str, text: &str) {
        let mut before = std::fs::read(self.path(name)).unwrap_or_default();
        before.extend_from_slice(self.text(text).as_bytes());
        self.write(name, before);
    }

    /// Adds settings, as `section.name.key=value`, to `.git/config`.
    pub(super) fn config(&self, settings: &[&str]) {
        self.config_of(".git/config", settings);
    }

    /// Adds settings to a file of configuration.
    pub(super) fn config_of(&self, file: &str, settings: &[&str]) {
        let escaped = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        let mut lines = String::new();
        for setting in settings {
            let (name, value) = setting.split_once('=').expect("a value");
            let (section, key) = name.rsplit_once('.').expect("a section");
            let section = match section.split_once('.') {
                Some((section, name)) => format!("[{section} \"{}\"]", escaped(name)),
                None => format!("[{section}]"),
            };
            lines += &format!("{section}\n\t{key} = \"{}\"\n", escaped(value));
        }
        self.append(file, &lines);
    }

    pub(super) fn remove(&self, name: &str) {
        let _ = std::fs::remove_file(self.path(name));
    }

    pub(super) fn link(&self, target: impl AsRef<Path>, name: &str) {
        self.remove(name);
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        symlink(target, path).expect("a link");
    }

    #[expect(clippy::disallowed_methods, reason = "a test changes its checkout")]
    pub(super) fn fifo(&self, name: &str) {
        self.remove(name);
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let status = Command::new("mkfifo").arg(path).status();
        assert!(status.expect("mkfifo runs").success());
    }

    /// Stores an object that may be malformed, and returns its ID.
    pub(super) fn object(&self, kind: &str, content: impl AsRef<[u8]>) -> String {
        write(&self.outside("object"), content.as_ref());
        let args = ["hash-object", "-w", "--literally", "--no-filters"];
        self.git(&[&args[..], &["-t", kind, "{O}/object"]].concat())
    }

    /// Removes a loose object.
    pub(super) fn lose(&self, id: &str) {
        let (folder, file) = id.split_at(2);
        self.remove(&format!(".git/objects/{folder}/{file}"));
    }

    pub(super) fn snapshot(&self) -> BTreeMap<PathBuf, Entry> {
        let mut entries = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for path in children(&folder) {
                let entry = entry(&path);
                if path.is_dir() && !path.is_symlink() {
                    folders.push(path.clone());
                }
                entries.insert(path, entry);
            }
        }
        entries
    }

    /// Returns the files that differ between two snapshots.
    pub(super) fn changes(
        &self,
        before: &BTreeMap<PathBuf, Entry>,
        after: &BTreeMap<PathBuf, Entry>,
    ) -> Vec<String> {
        let names = before
            .keys()
            .chain(after.keys().filter(|name| !before.contains_key(*name)));
        let changed = names.filter(|name| before.get(*name) != after.get(*name));
        let relative = |path: &Path| path.strip_prefix(self.folder.path()).map(Path::to_owned);
        let texts = changed.filter_map(|path| relative(path).ok());
        texts.map(|path| format!("changed {path:?}")).collect()
    }
}

/// Writes a program that leaves a mark and fails.
pub(super) fn program(path: &Path, mark: &Path) {
    let text = format!("#!/bin/sh\necho \"$0\" >>'{}'\nexit 1\n", mark.display());
    write(path, text.as_bytes());
    let executable = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path, executable).expect("permissions");
}

#[expect(clippy::disallowed_methods, reason = "a test compares its checkout")]
fn entry(path: &Path) -> Entry {
    let metadata = path.symlink_metadata().expect("metadata");
    let kind = metadata.file_type();
    let content = if kind.is_symlink() {
        let target = std::fs::read_link(path).expect("a target");
        target.as_os_str().as_bytes().to_vec()
    } else if metadata.is_file() && metadata.len() <= MAX_HASHED {
        std::fs::read(path).expect("a file")
    } else {
        assert!(!kind.is_block_device(), "{path:?}");
        Vec::new()
    };
    let mut times = [
        metadata.mtime(),
        metadata.mtime_nsec(),
        metadata.ctime(),
        metadata.ctime_nsec(),
    ];
    // Git sets the times of this part of a split index whenever it reads the index.
    if path.to_string_lossy().contains("/.git/sharedindex.") {
        times = [0; 4];
    }
    (metadata.mode(), metadata.len(), times, content)
}

#[expect(clippy::disallowed_methods, reason = "a test compares its checkout")]
pub(super) fn children(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    entries
        .map(|entry| entry.expect("an entry").path())
        .collect()
}

fn copy(from: &Path, to: &Path) {
    let mut folders = vec![(from.to_owned(), to.to_owned())];
    while let Some((from, to)) = folders.pop() {
        for path in children(&from) {
            let copy = to.join(path.file_name().expect("a name"));
            if path.is_dir() {
                std::fs::create_dir(&copy).expect("a folder");
                folders.push((path, copy));
            } else {
                std::fs::copy(&path, &copy).expect("a file");
            }
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
fn write(path: &Path, text: &[u8]) {
    // Objects are read-only.
    let _ = std::fs::remove_file(path);
    std::fs::write(path, text).expect("a file");
}

/// Names of refs must not contain a part that begins with a dot, and some contain the folder.
fn temporary() -> TempDir {
    tempfile::Builder::new()
        .prefix("hostile")
        .tempdir()
        .expect("a folder")
}

#[expect(clippy::disallowed_methods, reason = "a test makes its checkout")]
fn git(folder: &Path, args: &[&str]) -> String {
    let identity = ["AUTHOR", "COMMITTER"].into_iter().flat_map(|role| {
        [
            (format!("GIT_{role}_NAME"), "A"),
            (format!("GIT_{role}_EMAIL"), "a@example.org"),
            (format!("GIT_{role}_DATE"), "@1718452800 +0000"),
        ]
    });
    let output = Command::new("git")
        .args([
            "-c",
            "init.defaultBranch=main",
            "-c",
            "protocol.file.allow=always",
        ])
        .args(args)
        .current_dir(folder)
        .env_clear()
        .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .envs(identity)
        .output()
        .expect("git runs");
    assert!(output.status.success(), "git {args:?}: {output:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim_end().to_owned()
}

/// A path of bytes.
pub(super) fn bytes(path: &[u8]) -> &OsStr {
    OsStr::from_bytes(path)
}
