//! Names, texts and dates that a shell, git or a terminal would interpret.

use pypi_versioning::ErrorKind;

use super::{
    DIRTY, Expected, Row, UNCHANGED, row,
    sandbox::{Sandbox, bytes},
};

/// Adds refs, with any names, to the commit that is checked out.
pub(super) fn packed(sandbox: &Sandbox, names: &[&[u8]]) {
    let head = sandbox.git(&["rev-parse", "HEAD"]);
    let mut lines = Vec::new();
    for name in names {
        let name = match std::str::from_utf8(name) {
            Ok(name) => sandbox.text(name).into_bytes(),
            Err(_) => name.to_vec(),
        };
        lines.extend([head.as_bytes(), b" ", &name, b"\n"].concat());
    }
    sandbox.write(".git/packed-refs", lines);
}

/// Replaces the latest commit by one with these lines in place of author and committer.
fn commit(sandbox: &Sandbox, lines: &[u8]) {
    let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
    let parent = sandbox.git(&["rev-parse", "HEAD~1"]);
    let start = format!("tree {tree}\nparent {parent}\n");
    let id = sandbox.object("commit", [start.as_bytes(), lines, b"\n\nx\n"].concat());
    sandbox.write(".git/refs/heads/main", format!("{id}\n"));
}

/// Commits an empty file.
fn file(sandbox: &Sandbox, name: &[u8]) {
    sandbox.write(bytes(name), "");
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "--quiet", "-m", "file"]);
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = names_of_refs();
    rows.extend(names_of_branches());
    rows.extend(texts());
    rows
}

fn names_of_refs() -> Vec<Row> {
    const ERROR_OR_FACTS: Expected = Expected::Any;
    vec![
        row("tags that a shell would interpret", UNCHANGED, |s| {
            packed(
                s,
                &[
                    b"refs/tags/v1.3$(touch${IFS}{M})",
                    b"refs/tags/v1.3;touch${IFS}{M}",
                    b"refs/tags/v1.3|`touch${IFS}{M}`",
                    b"refs/tags/v1.3'\"&&touch${IFS}{M}#",
                ],
            );
        }),
        row("tags like options", UNCHANGED, |s| {
            packed(
                s,
                &[
                    b"refs/tags/--output={M}",
                    b"refs/tags/--exec={P}",
                    b"refs/tags/-c",
                    b"refs/tags/--",
                    b"refs/tags/-v1.3",
                ],
            );
        }),
        row("tags with control characters", ERROR_OR_FACTS, |s| {
            packed(
                s,
                &[
                    b"refs/tags/v1.3\x1b[31m",
                    b"refs/tags/v1.4\x07",
                    b"refs/tags/v\x7f1.5",
                ],
            );
        }),
        row("tags with line breaks", ERROR_OR_FACTS, |s| {
            packed(s, &[b"refs/tags/v1.3\rx", b"refs/tags/v1.4\n::error::x"]);
        }),
        row("tags with spaces and commas", ERROR_OR_FACTS, |s| {
            packed(
                s,
                &[
                    b"refs/tags/x refs/tags/v9.0",
                    b"refs/tags/x, tag: refs/tags/v9.1",
                ],
            );
        }),
        row("tags with commas", UNCHANGED, |s| {
            packed(s, &[b"refs/tags/x,refs/tags/v9.0"])
        }),
        row("tags that are not UTF-8", UNCHANGED, |s| {
            packed(
                s,
                &[
                    b"refs/tags/v9.0\xff",
                    b"refs/tags/\xc3\x28v9.0",
                    b"refs/tags/v9.0\xed\xa0\x80",
                ],
            );
        }),
        row("tags that change the direction of text", UNCHANGED, |s| {
            packed(
                s,
                &[
                    "refs/tags/v9.0\u{202e}".as_bytes(),
                    "refs/tags/\u{2066}v9.0".as_bytes(),
                ],
            );
        }),
        row("tags out of the folder", ERROR_OR_FACTS, |s| {
            packed(
                s,
                &[
                    b"refs/tags/../../../v9.0",
                    b"refs/tags//v9.1",
                    b"../v9.2",
                    b"refs/tags/v9.3.lock",
                ],
            );
        }),
        row("tags of 4,000 bytes", UNCHANGED, |s| {
            let name = |byte: &str| format!("refs/tags/v9.{}", byte.repeat(4_000)).into_bytes();
            packed(s, &[&name("x"), &name("9"), &name("0/")[..4_000]]);
        }),
        row("a tag of a million bytes", UNCHANGED, |s| {
            packed(
                s,
                &[format!("refs/tags/v{}", "9.".repeat(500_000)).as_bytes()],
            );
        }),
        row(
            "tags with large numbers",
            Expected::Facts("v18446744073709551614.0-0"),
            |s| {
                packed(
                    s,
                    &[
                        b"refs/tags/v99999999999999999999.0",
                        b"refs/tags/v18446744073709551614.0",
                    ],
                );
            },
        ),
        row("refs named like commits and HEAD", UNCHANGED, |s| {
            let (head, other) = (
                s.git(&["rev-parse", "HEAD"]),
                s.git(&["rev-parse", "HEAD~2"]),
            );
            for name in [&head, "HEAD", "v1.2.3"] {
                for kind in ["heads", "tags", "remotes"] {
                    s.write(format!(".git/refs/{kind}/{name}"), format!("{other}\n"));
                }
                s.write(format!(".git/{name}"), format!("{other}\n"));
            }
            s.write(".git/HEAD", "ref: refs/heads/main\n");
        }),
    ]
}

fn names_of_branches() -> Vec<Row> {
    fn branch(sandbox: &Sandbox, name: &[u8]) {
        packed(sandbox, &[&[b"refs/heads/", name].concat()]);
        sandbox.write(".git/HEAD", [b"ref: refs/heads/", name, b"\n"].concat());
    }
    const BROKEN: Expected = Expected::FailsAs(&[
        ErrorKind::GitFailed,
        ErrorKind::NoCommit,
        ErrorKind::NotRepository,
    ]);
    vec![
        row("branch that a shell would interpret", UNCHANGED, |s| {
            branch(s, b"$(touch${IFS}ran);`x`|'\"")
        }),
        row("branch like an option", UNCHANGED, |s| {
            branch(s, b"--output=ran")
        }),
        row("branch named HEAD", UNCHANGED, |s| branch(s, b"HEAD")),
        row("branch that is not UTF-8", UNCHANGED, |s| {
            branch(s, b"\xff\xfe")
        }),
        row(
            "branch that changes the direction of text",
            UNCHANGED,
            |s| {
                branch(s, "\u{202e}niam".as_bytes());
            },
        ),
        row("branch of 3,000 bytes", Expected::Any, |s| {
            branch(s, &b"x".repeat(3_000))
        }),
        row("branch with control characters", BROKEN, |s| {
            branch(s, b"a\x1b[31mb\x07")
        }),
        row("branch with a line break", BROKEN, |s| {
            branch(s, b"a\n# branch.oid b")
        }),
        row("branch out of the folder", BROKEN, |s| {
            branch(s, b"../../../../etc/passwd")
        }),
    ]
}

fn texts() -> Vec<Row> {
    const ADDED: Expected = Expected::Facts("v1.2.3-3");
    vec![
        row("files like options", ADDED, |s| {
            for name in [&b"--output=ran"[..], b"-c", b"--", b":(exclude)*", b"@"] {
                s.write(bytes(name), "");
            }
            s.git(&["add", "."]);
            s.git(&["commit", "--quiet", "-m", "files"]);
        }),
        row("a file that a shell would interpret", ADDED, |s| {
            file(s, b"$(touch ran); `x` | 'y' \"z\" * ?")
        }),
        row("a changed file with line breaks and a filter", DIRTY, |s| {
            s.config(&["filter.x.clean={P}"]);
            s.write("a\nb\r\t\u{1b}[31m", "one\n");
            s.git(&["add", "."]);
            s.git(&["commit", "--quiet", "--amend", "-m", "file"]);
            s.write(".git/info/attributes", "* filter=x\n");
            s.write("a\nb\r\t\u{1b}[31m", "two\n");
        }),
        #[cfg(target_os = "linux")] // Others have file systems that reject the name.
        row("a file that is not UTF-8", ADDED, |s| {
            file(s, b"\xff\xfe.py")
        }),
        row("a file with a name of 255 bytes", ADDED, |s| {
            file(s, &b"x".repeat(255))
        }),
        row("a file 60 folders deep", ADDED, |s| {
            file(s, &b"folder/".repeat(60)[..419])
        }),
        row("author with control characters", UNCHANGED, |s| {
            commit(
                s,
                b"author \x1b[31m\x07\r <a> 1 +0000\ncommitter \x1b]0;x\x07 <a> 1 +0000",
            );
        }),
        row("author that is not UTF-8", UNCHANGED, |s| {
            commit(s, b"author \xff\xfe <\xff> 1 +0000\ncommitter \xff <\xff> 1 +0000\nencoding \xff/../x");
        }),
        row("commit in an encoding with line breaks", UNCHANGED, |s| {
            commit(
                s,
                b"author A <a> 1 +0000\ncommitter A <a> 1 +0000\nencoding UTF-16",
            );
        }),
        row("commit without author", UNCHANGED, |s| commit(s, b"x y")),
        row("commit date that is not a number", UNCHANGED, |s| {
            commit(s, b"author A <a> x y\ncommitter A <a> $(touch ran) +0000");
        }),
        row("commit date too late", UNCHANGED, |s| {
            commit(
                s,
                b"author A <a> 1 +0000\ncommitter A <a> 99999999999999999999999 +9999",
            );
        }),
        row("commit date before 1970", UNCHANGED, |s| {
            commit(
                s,
                b"author A <a> -1 +0000\ncommitter A <a> -9223372036854775808 -9999",
            );
        }),
        row("commit with 20,000 parents", Expected::Any, |s| {
            let parent = s.git(&["rev-parse", "HEAD"]);
            let parents = format!("parent {parent}\n").repeat(20_000);
            commit(
                s,
                [
                    parents.as_bytes(),
                    b"author A <a> 1 +0000\ncommitter A <a> 1 +0000",
                ]
                .concat()
                .as_slice(),
            );
        }),
    ]
}
