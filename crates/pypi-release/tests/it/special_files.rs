//! What is not a regular file, or has too many bytes: no option reads it, waits for it or writes to it.
//!
//! To add an option, add a [`Case`] that reads or writes the file [`Case::file`].
#![cfg(target_os = "linux")]
#![expect(clippy::disallowed_methods, reason = "a test's own files")]

use std::{
    fs,
    os::unix::{fs::symlink, net::UnixListener},
    path::Path,
    process::{Command, Stdio},
};

use tempfile::TempDir;

use crate::{
    attest::{GITHUB, GITHUB_REPOSITORY, data},
    command::{DIST, Ran, run},
    version::git,
};

/// The command with one file in a folder.
struct Case {
    /// Separated by blanks; `WHEEL` and `ATTESTED` are distributions.
    arguments: &'static str,
    /// The file, relative to the folder in which the command runs.
    file: &'static str,
    variables: &'static [(&'static str, &'static str)],
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// A distribution, of any size.
    Distribution,
    /// It is read, and has at most so many KiB.
    Input(u64),
    /// As an input, but a link to it is an error.
    Checkout(u64),
    Output,
}

use Kind::{Checkout, Distribution, Input, Output};

const MIB: u64 = 1024;

const fn case(arguments: &'static str, file: &'static str, kind: Kind) -> Case {
    Case {
        arguments,
        file,
        variables: &[],
        kind,
    }
}

const fn with(
    variables: &'static [(&'static str, &'static str)],
    arguments: &'static str,
    file: &'static str,
    kind: Kind,
) -> Case {
    Case {
        arguments,
        file,
        variables,
        kind,
    }
}

const VERSION: &[(&str, &str)] = &[("SETUPTOOLS_SCM_PRETEND_VERSION", "1.0")];
const JOB: &[(&str, &str)] = &[
    ("GITHUB_API_URL", "http://127.0.0.1:9"),
    ("GITHUB_TOKEN", "x"),
    ("GITHUB_REPOSITORY", "o/r"),
    ("GITHUB_REF", "refs/tags/v1.0.0"),
    ("GITHUB_SHA", "0123456789012345678901234567890123456789"),
];

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Distributions.
    case("check demo-1.0-py3-none-any.whl", "demo-1.0-py3-none-any.whl", Distribution),
    case("check demo-1.0.tar.gz", "demo-1.0.tar.gz", Distribution),
    case("publish --index testpypi --dry-run demo-1.0-py3-none-any.whl", "demo-1.0-py3-none-any.whl", Distribution),
    case("publish --index testpypi --dry-run demo-1.0.tar.gz", "demo-1.0.tar.gz", Distribution),
    // Digests and attestations.
    case("check --sums sums.txt WHEEL", "sums.txt", Input(4 * MIB)),
    case("publish --index testpypi --dry-run --sums sums.txt WHEEL", "sums.txt", Input(4 * MIB)),
    case("attest inspect x.attestation", "x.attestation", Input(4 * MIB)),
    case("attest convert x.attestation", "x.attestation", Input(4 * MIB)),
    case("attest verify --repository REPOSITORY --attestation x.attestation ATTESTED", "x.attestation", Input(4 * MIB)),
    case("attest verify --repository REPOSITORY --trusted-root root.json ATTESTED", "root.json", Input(MIB)),
    case("attest sign --sigstore instance.json WHEEL", "instance.json", Input(MIB)),
    case("publish --index testpypi --dry-run demo-2.0.tar.gz", "demo-2.0.tar.gz.publish.attestation", Input(MIB)),
    // Settings.
    case("check pyproject.toml", "pyproject.toml", Input(4 * MIB)),
    case("config", "pyproject.toml", Input(4 * MIB)),
    case("config", "pypi-release.toml", Input(4 * MIB)),
    case("config --config other.toml", "other.toml", Input(4 * MIB)),
    case("bump patch --dry-run --config other.toml", "other.toml", Input(4 * MIB)),
    case("bump patch --dry-run", "uv.lock", Input(16 * MIB)),
    case("bump patch --dry-run", "src/version.py", Input(16 * MIB)),
    with(VERSION, "version --config other.toml", "other.toml", Input(4 * MIB)),
    with(VERSION, "route --config other.toml", "other.toml", Input(4 * MIB)),
    case("version", ".git_archival.txt", Input(MIB)),
    case("version", "PKG-INFO", Input(MIB)),
    case("publish --index named --dry-run WHEEL", "pyproject.toml", Input(4 * MIB)),
    // Credentials and certificates.
    case("publish --index testpypi --dry-run --config-file pypirc WHEEL", "pypirc", Input(256)),
    case("publish --index named --dry-run WHEEL", "home/.pypirc", Input(256)),
    case("publish --index testpypi --dry-run --netrc=netrc WHEEL", "netrc", Input(256)),
    case("publish --index testpypi --dry-run --netrc WHEEL", "home/.netrc", Input(256)),
    with(&[("NETRC", "netrc")], "publish --index testpypi --dry-run --netrc WHEEL", "netrc", Input(256)),
    case("publish --index testpypi --ca-cert ca.pem WHEEL", "ca.pem", Input(4 * MIB)),
    case("publish --index testpypi --client-cert ca.pem WHEEL", "ca.pem", Input(4 * MIB)),
    case("publish --index testpypi --client-cert CERTIFICATE --client-key key.pem WHEEL", "key.pem", Input(4 * MIB)),
    with(&[("SSL_CERT_FILE", "ca.pem")], "publish --index testpypi WHEEL", "ca.pem", Input(4 * MIB)),
    // Notes, workflows, the local index.
    case("notes --root repository --template t.j2", "t.j2", Checkout(MIB)),
    case("notes --root repository --tag v1.0 --changelog", "repository/CHANGELOG.md", Checkout(4 * MIB)),
    with(JOB, "github-release --index testpypi --notes notes.md WHEEL", "notes.md", Input(MIB)),
    with(JOB, "github-release --index testpypi --notes README.md extra.zip", "extra.zip", Distribution),
    case("init github --root repository --check", "repository/.github/workflows/other.yml", Input(MIB)),
    case("init github --root repository --check", "repository/.github/workflows/release.yml", Input(MIB)),
    case("local-index --scenario scenario.toml", "scenario.toml", Input(4 * MIB)),
    // What is written.
    case("check --write-sums sums.txt WHEEL", "sums.txt", Output),
    case("attest convert --output out.json DATA", "out.json", Output),
    case("publish --index testpypi --audit audit.jsonl WHEEL", "audit.jsonl", Output),
    case("notes --root repository --output notes.md", "notes.md", Output),
    with(VERSION, "version --write", "src/_version.py", Output),
    with(VERSION, "version --dotenv build.env", "build.env", Output),
    with(&[("SETUPTOOLS_SCM_PRETEND_VERSION", "1.0"), ("GITHUB_OUTPUT", "output")], "version --github-output", "output", Output),
];

/// What is there instead of a file.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Special {
    Device,
    Folder,
    Pipe,
    Socket,
    /// A file of so many bytes.
    Sparse(u64),
}

/// A file of 10 GB.
const HUGE: u64 = 10_000_000_000;

impl Special {
    /// Makes it at `path`, or a link to it.
    fn make(self, path: &Path, is_link: bool) -> Option<UnixListener> {
        let target = path.with_file_name("target");
        let at = if is_link { &target } else { path };
        let mut listener = None;
        match self {
            Self::Device => symlink("/dev/zero", at).expect("a link"),
            Self::Folder => fs::create_dir(at).expect("a folder"),
            Self::Pipe => {
                let made = Command::new("mkfifo").arg(at).status();
                assert!(made.expect("mkfifo runs").success());
            }
            Self::Socket => listener = Some(UnixListener::bind(at).expect("a socket")),
            Self::Sparse(size) => {
                let file = fs::File::create(at).expect("a file");
                file.set_len(size).expect("a sparse file");
            }
        }
        if is_link {
            symlink("target", path).expect("a link");
        }
        listener
    }

    /// What the message calls it.
    fn name(self) -> &'static str {
        match self {
            Self::Device => "it is a device, expected a regular file",
            Self::Folder => "it is a folder, expected a regular file",
            Self::Pipe => "it is a named pipe, expected a regular file",
            Self::Socket => "it is a socket, expected a regular file",
            Self::Sparse(_) => "it has more than ",
        }
    }
}

/// The folder in which the command runs.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let write = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("written");
    };
    write("README.md", b"notes");
    write("home/file", b"");
    write("src/version.py", b"__version__ = '1.0'\n");
    let pyproject = "[project]\nname = 'demo'\nversion = '1.0'\n[tool.pypi-release.bump]\nfiles = [{ path = 'src/version.py', search = \"'{version}'\" }]\n[tool.pypi-release.version]\nversion-file = 'src/_version.py'\n";
    write("pyproject.toml", pyproject.as_bytes());
    write("other.toml", pyproject.as_bytes());
    write(
        "demo-2.0.tar.gz",
        &pypi_metadata::testing::sdist("demo", "2.0").bytes,
    );
    let project = "[project]\nname = 'demo'\nversion = '1.0'\n";
    write("repository/pyproject.toml", project.as_bytes());
    write("repository/.github/workflows/ci.yml", b"on: push\n");
    folder
}

fn make_repository(folder: &Path) {
    let root = folder.join("repository");
    git(&root, &["init", "--quiet", "--initial-branch", "main"]);
    git(
        &root,
        &["remote", "add", "origin", "https://github.com/o/r"],
    );
    git(
        &root,
        &["commit", "--quiet", "--allow-empty", "-m", "feat: a"],
    );
    git(&root, &["tag", "v1.0"]);
}

/// Runs the command, which must end within a minute and in 2 GB of address space.
fn ran(case: &Case, folder: &Path) -> Ran {
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()]);
    let certificate = certificate.expect("a certificate").cert.pem();
    fs::write(folder.join("certificate.pem"), certificate).expect("written");
    let attested = data(GITHUB);
    let attestation = format!("{attested}.publish.attestation");
    let arguments = case.arguments.split(' ').map(|argument| match argument {
        "WHEEL" => DIST[0],
        "ATTESTED" => &attested,
        "DATA" => &attestation,
        "REPOSITORY" => GITHUB_REPOSITORY,
        "CERTIFICATE" => "certificate.pem",
        other => other,
    });
    let mut command = Command::new("timeout");
    command
        .args(["60", "sh", "-c", "ulimit -v 2000000 && exec \"$0\" \"$@\""])
        .arg(env!("CARGO_BIN_EXE_pypi-release"))
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", "home")
        .env(
            "GIT_CEILING_DIRECTORIES",
            folder.parent().expect("a folder"),
        )
        .envs(case.variables.iter().copied());
    run(command)
}

/// Why the command did not do what it should, if it did not.
fn wrong(case: &Case, special: Special, is_link: bool) -> Option<String> {
    let folder = folder();
    if case.arguments.contains("repository") {
        make_repository(folder.path());
    }
    let path = folder.path().join(case.file);
    let _ = fs::remove_file(&path);
    let _listener = special.make(&path, is_link);
    let ran = ran(case, folder.path());
    let name = path.file_name().expect("a name").to_string_lossy();
    let said = format!("{}{}", ran.stdout, ran.stderr);
    // A link, which is all that can be made of a device.
    let is_link = is_link || special == Special::Device;
    let expected: &[&str] = match (case.kind, special) {
        (Output, _) if is_link => &["is a symbolic link"],
        (Output, _) => &["is not a regular file", "is a folder"],
        (Checkout(_), _) if is_link => &["is a symbolic link"],
        // As an argument it is the folder of the distributions.
        (_, Special::Folder) => &[special.name(), "has no distributions"],
        (Distribution, Special::Sparse(_)) => &["archive", "MiB", "GiB"],
        _ => &[special.name()],
    };
    let is_said = expected.iter().any(|text| said.contains(text)) && said.contains(&*name);
    let is_there = match special {
        Special::Sparse(_) => true,
        Special::Folder => path.is_dir(),
        _ => fs::metadata(&path).is_ok_and(|found| !found.is_file()),
    };
    let is_well = matches!(ran.exit, 1 | 2) && is_said && is_there;
    let link = if is_link { " (link)" } else { "" };
    let what = || {
        format!(
            "{:?}{link} {}: exit {}\n  {}",
            special, case.arguments, ran.exit, said
        )
    };
    (!is_well).then(what)
}

#[track_caller]
fn assert_rejected(specials: impl Fn(Kind) -> Vec<(Special, bool)>) {
    let wrong: Vec<String> = CASES
        .iter()
        .flat_map(|case| {
            let specials = specials(case.kind).into_iter();
            specials.filter_map(|(special, is_link)| wrong(case, special, is_link))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_device_is_not_opened() {
    assert_rejected(|_| vec![(Special::Device, false)]);
}

#[test]
fn a_folder_is_not_a_file() {
    assert_rejected(|_| vec![(Special::Folder, false), (Special::Folder, true)]);
}

#[test]
fn a_named_pipe_is_not_waited_for() {
    assert_rejected(|_| vec![(Special::Pipe, false), (Special::Pipe, true)]);
}

#[test]
fn a_socket_is_not_a_file() {
    assert_rejected(|_| vec![(Special::Socket, false), (Special::Socket, true)]);
}

#[test]
fn a_file_of_too_many_bytes_is_not_read() {
    assert_rejected(|kind| match kind {
        Input(max) | Checkout(max) => {
            let over = Special::Sparse(max * 1024 + 1);
            vec![(over, false), (Special::Sparse(HUGE), false)]
        }
        Distribution => vec![(Special::Sparse(HUGE), false)],
        Output => Vec::new(),
    });
}

/// `<(…)` of a shell: `docs/limits.md` says to write its output to a file.
#[test]
fn process_substitution_is_a_named_pipe() {
    let folder = folder();
    let mut command = Command::new("bash");
    let script = "exec \"$0\" attest inspect <(echo '{}')";
    command
        .args(["-c", script, env!("CARGO_BIN_EXE_pypi-release")])
        .current_dir(folder.path());
    let ran = run(command);
    assert_eq!(ran.exit, 1);
    assert!(ran.stderr.contains(Special::Pipe.name()), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("write what it gives to one"),
        "{}",
        ran.stderr
    );
}
