//! Files of a checkout that are damaged, endless, or of another type.

use std::os::unix::net::UnixListener;

use pypi_versioning::ErrorKind;

use super::{DIRTY, Expected, Row, UNCHANGED, row, sandbox::Sandbox};

const FAILS: Expected = Expected::Fails(ErrorKind::GitFailed);
/// Depending on the version of git.
const FAILS_OR_HANGS: Expected = Expected::FailsAs(&[ErrorKind::GitFailed, ErrorKind::GitTimeout]);
const HANGS: Expected = Expected::Fails(ErrorKind::GitTimeout);

pub(super) fn rows() -> Vec<Row> {
    let mut rows = layouts();
    rows.extend(indexes());
    rows.extend(trees());
    rows.extend(fifos());
    #[cfg(target_os = "linux")] // The memory of git is limited on Linux only.
    rows.extend(endless());
    rows
}

fn layouts() -> Vec<Row> {
    vec![
        row(".git is a file", UNCHANGED, |s| {
            s.config(&["core.fsmonitor={P}", "filter.x.clean={P}"]);
            s.write(".git/info/attributes", "* filter=x\n");
            std::fs::rename(s.path(".git"), s.outside("git")).expect("a folder");
            s.write(".git", "gitdir: {O}/git\n");
        }),
        row(
            ".git is a file that names itself",
            Expected::Fails(ErrorKind::NotRepository),
            |s| {
                std::fs::rename(s.path(".git"), s.outside("git")).expect("a folder");
                s.write(".git", "gitdir: .git\n");
            },
        ),
        row(
            ".git is a file with control characters",
            Expected::Fails(ErrorKind::NotRepository),
            |s| {
                std::fs::rename(s.path(".git"), s.outside("git")).expect("a folder");
                s.write(".git", "gitdir: \u{1b}[31m\u{7}\u{202e}\nfatal: x\n");
            },
        ),
        row(".git is a link", UNCHANGED, |s| {
            s.config(&["core.fsmonitor={P}"]);
            std::fs::rename(s.path(".git"), s.outside("git")).expect("a folder");
            s.link(s.outside("git"), ".git");
        }),
        row("commondir elsewhere", UNCHANGED, |s| {
            s.git(&["clone", "--quiet", "--bare", ".", "{O}/common"]);
            s.config_of(
                "../outside/common/config",
                &["core.bare=false", "core.fsmonitor={P}"],
            );
            s.config_of("../outside/common/config", &["filter.x.clean={P}"]);
            s.write("../outside/common/info/attributes", "* filter=x\n");
            s.write(".git/commondir", "{O}/common\n");
        }),
        row("alternates of a FIFO and a device", Expected::Any, |s| {
            s.fifo("../outside/fifo");
            s.write(
                ".git/objects/info/alternates",
                "{O}/fifo\n/dev/zero\n\u{1b}[31m\n$(touch {M})\n",
            );
        }),
        row("alternates that name themselves", UNCHANGED, |s| {
            s.write(".git/objects/info/alternates", "../objects\n.\n");
            s.config(&["core.alternateRefsCommand={P}"]);
        }),
        row("5,000 alternates", Expected::Any, |s| {
            let lines = (0..5_000).map(|number| format!("{number}\n"));
            s.write(".git/objects/info/alternates", lines.collect::<String>());
        }),
        row("a repository format from the future", FAILS, |s| {
            s.config(&["core.repositoryFormatVersion=99"]);
        }),
        row("an unknown extension", FAILS, |s| {
            s.config(&["core.repositoryFormatVersion=1", "extensions.x={P}"]);
        }),
    ]
}

fn indexes() -> Vec<Row> {
    fn index(sandbox: &Sandbox, entries: u32, rest: &[u8]) {
        let header = [&b"DIRC\0\0\0\x02"[..], &entries.to_be_bytes()].concat();
        sandbox.write(".git/index", [&header[..], rest].concat());
    }
    vec![
        row("an index of random bytes", FAILS, |s| {
            s.write(".git/index", b"\x1b[31m\0\xff".repeat(99))
        }),
        row("an index that is cut off", Expected::Any, |s| {
            let bytes = s.read(".git/index");
            s.write(".git/index", &bytes[..bytes.len() / 2]);
        }),
        row("an index of four billion entries", Expected::Any, |s| {
            index(s, u32::MAX, &[0; 99])
        }),
        row("an index of 1 TB", Expected::Any, |s| {
            index(s, u32::MAX, &[0; 99]);
            let file = s.file(".git/index");
            file.set_len(1 << 40).expect("a sparse file");
        }),
        row(
            "an index with a file out of the checkout",
            Expected::Any,
            |s| {
                let mut bytes = s.read(".git/index");
                let name = bytes
                    .windows(5)
                    .position(|window| window == b"other")
                    .expect("a name");
                bytes[name..name + 5].copy_from_slice(b"../vi");
                s.write(".git/index", bytes);
            },
        ),
        row("an index with a file of .git", Expected::Any, |s| {
            let mut bytes = s.read(".git/index");
            let name = bytes
                .windows(5)
                .position(|window| window == b"other")
                .expect("a name");
            bytes[name..name + 5].copy_from_slice(b".git\0");
            s.write(".git/index", bytes);
        }),
        row("an index that is locked", UNCHANGED, |s| {
            s.write(".git/index.lock", "")
        }),
        row("an index that is a link out of the checkout", FAILS, |s| {
            s.link(s.outside("victim"), ".git/index")
        }),
        row("no index", DIRTY, |s| s.remove(".git/index")),
        row("an index with a file system monitor", UNCHANGED, |s| {
            s.git(&["update-index", "--fsmonitor"]);
            s.config(&["core.fsmonitor={P}"]);
        }),
        row("an index that is split", UNCHANGED, |s| {
            s.git(&["update-index", "--split-index"]);
        }),
        row("an index with an untracked cache", UNCHANGED, |s| {
            s.git(&["update-index", "--force-untracked-cache"]);
        }),
    ]
}

fn trees() -> Vec<Row> {
    vec![
        row("a tracked file is a FIFO", DIRTY, |s| s.fifo("file")),
        row("a tracked file is a FIFO with a filter", DIRTY, |s| {
            s.fifo("file");
            s.write(".git/info/attributes", "* filter=x\n");
            s.config(&["filter.x.clean={P}"]);
        }),
        row("a tracked file is a socket", DIRTY, |s| {
            s.remove("file");
            // The name of a socket must be short, and the file stays when the socket is closed.
            let short = tempfile::tempdir().expect("a folder");
            let path = short.path().join("s");
            drop(UnixListener::bind(&path).expect("a socket"));
            std::fs::rename(&path, s.path("file")).expect("the same file system");
        }),
        row("a tracked file is a link to a device", DIRTY, |s| {
            s.link("/dev/zero", "file")
        }),
        row("a tracked file is a link out of the checkout", DIRTY, |s| {
            s.link(s.outside("victim"), "file")
        }),
        row(
            "a tracked folder is a link out of the checkout",
            Expected::Facts("v1.2.3-3-dirty"),
            |s| {
                s.write("folder/victim", "x\n");
                s.git(&["add", "."]);
                s.git(&["commit", "--quiet", "-m", "folder"]);
                std::fs::remove_dir_all(s.path("folder")).expect("a folder");
                s.link(s.outside(""), "folder");
            },
        ),
        row("a FIFO and a socket that are not tracked", UNCHANGED, |s| {
            s.fifo("untracked");
            s.fifo("folder/untracked");
        }),
        row("attributes that are links", UNCHANGED, |s| {
            s.link(s.outside("victim"), ".gitattributes")
        }),
        row("encodings that do not exist", Expected::Any, |s| {
            s.write(
                ".git/info/attributes",
                "file working-tree-encoding=../../x\nother eol=crlf ident text\n",
            );
        }),
        row("100,000 attributes", UNCHANGED, |s| {
            let lines = (0..100_000).map(|number| format!("file{number} filter=x ident\n"));
            s.write(".git/info/attributes", lines.collect::<String>());
        }),
        row(".mailmap is a FIFO", UNCHANGED, |s| {
            s.fifo(".mailmap");
            s.config(&["log.mailmap=true"]);
        }),
        row(".gitmodules is a link", UNCHANGED, |s| {
            s.link("/dev/zero", ".gitmodules")
        }),
    ]
}

fn fifos() -> Vec<Row> {
    vec![
        row("HEAD is a FIFO", HANGS, |s| s.fifo(".git/HEAD")),
        row("config is a FIFO", HANGS, |s| s.fifo(".git/config")),
        row("an included file is a FIFO", HANGS, |s| {
            s.fifo("fifo");
            s.config(&["include.path=../fifo"]);
        }),
        row("index is a FIFO", HANGS, |s| s.fifo(".git/index")),
        row("packed-refs is a FIFO", HANGS, |s| {
            s.fifo(".git/packed-refs")
        }),
        row("commondir is a FIFO", HANGS, |s| s.fifo(".git/commondir")),
        row("alternates is a FIFO", HANGS, |s| {
            s.fifo(".git/objects/info/alternates")
        }),
        row("info/attributes is a FIFO", HANGS, |s| {
            s.fifo(".git/info/attributes")
        }),
        row(".gitattributes is a FIFO", HANGS, |s| {
            s.fifo(".gitattributes")
        }),
        row("an object is a FIFO", HANGS, |s| {
            let id = s.git(&["rev-parse", "HEAD"]);
            let (folder, file) = id.split_at(2);
            s.fifo(&format!(".git/objects/{folder}/{file}"));
        }),
    ]
}

/// Links to a file without an end.
#[cfg(target_os = "linux")]
fn endless() -> Vec<Row> {
    fn link(sandbox: &Sandbox, name: &str) {
        sandbox.link("/dev/zero", name);
    }
    vec![
        row(
            "HEAD is endless",
            Expected::Fails(ErrorKind::NotRepository),
            |s| link(s, ".git/HEAD"),
        ),
        row("config is endless", FAILS, |s| link(s, ".git/config")),
        row("index is endless", FAILS, |s| link(s, ".git/index")),
        row("commondir is endless", FAILS, |s| link(s, ".git/commondir")),
        row("info/attributes is endless", FAILS_OR_HANGS, |s| {
            link(s, ".git/info/attributes")
        }),
        row("alternates is endless", FAILS, |s| {
            link(s, ".git/objects/info/alternates")
        }),
        row("shallow is endless", FAILS, |s| link(s, ".git/shallow")),
        row("a branch is endless", FAILS, |s| {
            link(s, ".git/refs/heads/main")
        }),
        row("a file of attributes is endless", FAILS_OR_HANGS, |s| {
            s.config(&["core.attributesFile=/dev/zero"]);
        }),
    ]
}
