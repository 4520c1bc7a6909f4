//! Tags, refs and history that are damaged, or made to mislead.

use pypi_versioning::ErrorKind;

use super::{
    Expected, Row, UNCHANGED,
    names::packed,
    row,
    sandbox::{Sandbox, children},
};

const FAILS: Expected = Expected::Fails(ErrorKind::GitFailed);

fn tag(sandbox: &Sandbox, name: &str, kind: &str, id: &str) -> String {
    let text = format!("object {id}\ntype {kind}\ntag {name}\ntagger A <a> 1 +0000\n\nx\n");
    let id = sandbox.object("tag", text);
    sandbox.write(format!(".git/refs/tags/{name}"), format!("{id}\n"));
    id
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = tags();
    rows.extend(heads());
    rows.extend(histories());
    rows
}

fn tags() -> Vec<Row> {
    vec![
        row("tags of trees and blobs", UNCHANGED, |s| {
            for (name, object) in [("v9.0", "HEAD^{tree}"), ("v9.1", "HEAD:file")] {
                let id = s.git(&["rev-parse", object]);
                s.write(format!(".git/refs/tags/{name}"), format!("{id}\n"));
            }
            let blob = s.git(&["rev-parse", "HEAD:file"]);
            tag(s, "v9.2", "blob", &blob);
        }),
        row("a tag of the wrong type", Expected::Any, |s| {
            let blob = s.git(&["rev-parse", "HEAD:file"]);
            tag(s, "v9.0", "commit", &blob);
        }),
        row("a chain of tags", Expected::Facts("v9.0-0"), |s| {
            let mut id = s.git(&["rev-parse", "HEAD"]);
            let mut kind = "commit";
            for _ in 0..20 {
                id = tag(s, "v9.0", kind, &id);
                kind = "tag";
            }
        }),
        row("a tag that is malformed", Expected::Any, |s| {
            let id = s.object("tag", "object x\ntype \u{1b}[31m\ntag \ntagger\n");
            s.write(".git/refs/tags/v9.0", format!("{id}\n"));
        }),
        row("tags of missing objects", UNCHANGED, |s| {
            s.write(".git/refs/tags/v9.0", format!("{}\n", "1".repeat(40)));
            s.write(".git/refs/tags/v9.1", format!("{}\n", "0".repeat(40)));
        }),
        row("50,000 tags", Expected::Facts("v9.49999-0"), |s| {
            let names: Vec<_> = (0..50_000)
                .map(|number| format!("refs/tags/v9.{number}"))
                .collect();
            let names: Vec<_> = names.iter().map(String::as_bytes).collect();
            packed(s, &names);
        }),
        row("tags that are symbolic", Expected::Any, |s| {
            s.write(".git/refs/tags/v9.0", "ref: refs/heads/main\n");
            s.write(".git/refs/tags/v9.1", "ref: ../../outside/victim\n");
            s.write(".git/refs/tags/v9.2", "ref: refs/tags/v9.3\n");
            s.write(".git/refs/tags/v9.3", "ref: refs/tags/v9.2\n");
        }),
        row(
            "tags that are links out of the checkout",
            Expected::Facts("v9.0-0"),
            |s| {
                s.link(s.outside("victim"), ".git/refs/tags/v9.0");
                s.link("/etc/passwd", ".git/refs/tags/v9.1");
                s.link("v9.2", ".git/refs/tags/v9.2");
            },
        ),
        row(
            "a folder of tags that is a link out of the checkout",
            UNCHANGED,
            |s| {
                s.write("../outside/tags/v9.0", "$(touch {M})\n");
                s.link(s.outside("tags"), ".git/refs/tags/x");
            },
        ),
        row("a tag that is a FIFO", Expected::Any, |s| {
            s.fifo(".git/refs/tags/v9.0")
        }),
        row("tags that are not IDs", UNCHANGED, |s| {
            s.write(".git/refs/tags/v9.0", "");
            s.write(".git/refs/tags/v9.1", "$(touch {M})\n");
            s.write(".git/refs/tags/v9.2", b"\0\xff\x1b[31m");
        }),
    ]
}

fn heads() -> Vec<Row> {
    const BROKEN: Expected = Expected::FailsAs(&[
        ErrorKind::GitFailed,
        ErrorKind::NoCommit,
        ErrorKind::NotRepository,
    ]);
    vec![
        row("packed refs that are damaged", FAILS, |s| {
            s.write(
                ".git/packed-refs",
                "# pack-refs with: sorted\nxyz refs/tags/v9.0\n",
            );
        }),
        row("packed refs that are cut off", FAILS, |s| {
            s.write(".git/packed-refs", "11111111111111111111111111111111");
        }),
        row("packed refs that are not sorted", Expected::Any, |s| {
            packed(s, &[b"refs/tags/z", b"refs/tags/v1.3", b"refs/tags/a"]);
            let lines = String::from_utf8(s.read(".git/packed-refs")).expect("UTF-8");
            s.write(
                ".git/packed-refs",
                format!("# pack-refs with: peeled fully-peeled sorted \n{lines}"),
            );
        }),
        row("packed refs with control characters", FAILS, |s| {
            s.write(".git/packed-refs", "\u{1b}]0;x\u{7}\n");
        }),
        row("HEAD that refers to itself", BROKEN, |s| {
            s.write(".git/HEAD", "ref: HEAD\n")
        }),
        row("branches that refer to each other", BROKEN, |s| {
            s.write(".git/refs/heads/main", "ref: refs/heads/x\n");
            s.write(".git/refs/heads/x", "ref: refs/heads/main\n");
        }),
        row("HEAD of a missing commit", FAILS, |s| {
            s.write(".git/HEAD", format!("{}\n", "1".repeat(40)))
        }),
        row("HEAD of a blob", FAILS, |s| {
            let blob = s.git(&["rev-parse", "HEAD:file"]);
            s.write(".git/HEAD", format!("{blob}\n"));
        }),
        row("HEAD that is empty", BROKEN, |s| s.write(".git/HEAD", "")),
        row("a branch that is a link out of the checkout", BROKEN, |s| {
            s.link(s.outside("victim"), ".git/refs/heads/main");
        }),
        row(
            "a branch that is a FIFO",
            Expected::Fails(ErrorKind::GitTimeout),
            |s| {
                s.fifo(".git/refs/heads/main");
            },
        ),
    ]
}

fn histories() -> Vec<Row> {
    vec![
        row("replaced commits", UNCHANGED, |s| {
            s.git(&["replace", "--graft", "HEAD", "HEAD~2"]);
        }),
        row("replaced by a blob", UNCHANGED, |s| {
            let (head, blob) = (
                s.git(&["rev-parse", "HEAD"]),
                s.git(&["rev-parse", "HEAD:file"]),
            );
            s.write(format!(".git/refs/replace/{head}"), format!("{blob}\n"));
        }),
        row("grafts", UNCHANGED, |s| {
            let (head, first) = (
                s.git(&["rev-parse", "HEAD"]),
                s.git(&["rev-parse", "HEAD~2"]),
            );
            s.write(".git/info/grafts", format!("{head} {first}\n"));
        }),
        row("grafts that are malformed", UNCHANGED, |s| {
            s.write(".git/info/grafts", "$(touch {M})\n\u{1b}[31m\n");
        }),
        row("grafts in a FIFO", UNCHANGED, |s| {
            s.fifo(".git/info/grafts")
        }),
        row("a shallow history", Expected::Facts("none-1"), |s| {
            s.write(
                ".git/shallow",
                format!("{}\n", s.git(&["rev-parse", "HEAD"])),
            );
        }),
        row("a shallow file that is malformed", FAILS, |s| {
            s.write(".git/shallow", "\u{1b}[31m$(touch {M})\n");
        }),
        row("a shallow file with missing commits", UNCHANGED, |s| {
            s.write(".git/shallow", format!("{}\n", "1".repeat(40)));
        }),
        row(
            "a shallow file that is a FIFO",
            Expected::Fails(ErrorKind::GitTimeout),
            |s| {
                s.fifo(".git/shallow");
            },
        ),
        row("a damaged commit", FAILS, |s| {
            let id = s.git(&["rev-parse", "HEAD"]);
            let (folder, file) = id.split_at(2);
            s.write(format!(".git/objects/{folder}/{file}"), b"\0\x1b[31m");
        }),
        row("a missing commit", FAILS, |s| {
            s.lose(&s.git(&["rev-parse", "HEAD~1"]))
        }),
        row("a missing tree", FAILS, |s| {
            s.lose(&s.git(&["rev-parse", "HEAD^{tree}"]))
        }),
        row("a damaged commit graph", Expected::Any, |s| {
            s.git(&["commit-graph", "write", "--reachable"]);
            let path = ".git/objects/info/commit-graph";
            let mut graph = s.read(path);
            for byte in graph.iter_mut().skip(100).step_by(7) {
                *byte ^= 0xff;
            }
            s.write(path, graph);
        }),
        row("a damaged pack", FAILS, |s| {
            s.git(&["repack", "--quiet", "-a", "-d"]);
            for path in children(&s.path(".git/objects/pack")) {
                s.write(&path, b"PACK\0\0\0\x02\xff\xff\xff\xff");
            }
        }),
    ]
}
