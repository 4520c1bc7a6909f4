//! Filters, which convert files by a program.

use std::{
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    time::{Duration, SystemTime},
};

use pypi_versioning::ErrorKind;

use super::{DIRTY, Expected, Row, UNCHANGED, row, sandbox::Sandbox};

/// A filter of all files, defined by `config`.
fn filter(sandbox: &Sandbox, config: &[&str]) {
    sandbox.write(".git/info/attributes", "* filter=x\n");
    sandbox.config(config);
}

/// Commits `data` with a filter that replaces its content, as Git LFS does. If the file is newer than
/// the index, git compares the content.
fn converted(sandbox: &Sandbox, is_newer: bool) {
    sandbox.write(".git/info/attributes", "data filter=x\n");
    sandbox.write("data", "large");
    let seconds = if is_newer {
        4_000_000_000
    } else {
        1_000_000_000
    };
    set_time(
        sandbox,
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds),
    );
    let filter = ["-c", "filter.x.clean=echo pointer"];
    sandbox.git(&[&filter[..], &["add", "data"]].concat());
    sandbox.git(&[&filter[..], &["commit", "--quiet", "-m", "data"]].concat());
    sandbox.config(&["filter.x.clean={P}", "filter.x.required=true"]);
}

fn set_time(sandbox: &Sandbox, time: SystemTime) {
    sandbox.file("data").set_modified(time).expect("a time");
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = definitions();
    rows.extend(conversions());
    rows
}

fn conversions() -> Vec<Row> {
    const CLEAN: Expected = Expected::Facts("v1.2.3-3");
    const CHANGED: Expected = Expected::Facts("v1.2.3-3-dirty");
    vec![
        row("converted file", CLEAN, |s| converted(s, false)),
        row("converted file, content compared", CLEAN, |s| {
            converted(s, true)
        }),
        row("converted file, read from a subfolder", CLEAN, |s| {
            converted(s, true);
            s.write("folder/untracked", "");
            s.link("folder", ".root");
        }),
        row("converted file at another time", CHANGED, |s| {
            converted(s, false);
            set_time(s, SystemTime::UNIX_EPOCH);
        }),
        row("converted file of another size", CHANGED, |s| {
            converted(s, false);
            s.write("data", "larger");
        }),
        row("converted file, and another changed file", CHANGED, |s| {
            converted(s, true);
            s.write("file", "changed\n");
        }),
        row("converted file that is executable", CHANGED, |s| {
            converted(s, true);
            let permissions = Permissions::from_mode(0o755);
            std::fs::set_permissions(s.path("data"), permissions).expect("permissions");
        }),
    ]
}

fn definitions() -> Vec<Row> {
    vec![
        row("filter.clean in .gitattributes", DIRTY, |s| {
            s.write(".gitattributes", "* filter=x\n");
            s.git(&["add", ".gitattributes"]);
            s.config(&["filter.x.clean={P}"]);
        }),
        row("filter.clean", UNCHANGED, |s| {
            filter(s, &["filter.x.clean={P}"])
        }),
        row("filter.clean, required", UNCHANGED, |s| {
            filter(s, &["filter.x.clean={P}", "filter.x.required=true"]);
        }),
        row("filter.smudge", UNCHANGED, |s| {
            filter(s, &["filter.x.smudge={P}", "filter.x.required=true"]);
        }),
        row("filter.process", UNCHANGED, |s| {
            filter(s, &["filter.x.process={P}"])
        }),
        row("filter.process, required, and changed files", DIRTY, |s| {
            filter(s, &["filter.x.process={P}", "filter.x.required=true"]);
            s.write("file", "changed\n");
        }),
        row(
            "filter whose required is not a boolean",
            Expected::Fails(ErrorKind::GitFailed),
            |s| {
                filter(s, &["filter.x.clean={P}", "filter.x.required=maybe"]);
            },
        ),
        row("filter in an included file", UNCHANGED, |s| {
            s.config_of("hidden", &["filter.x.clean={P}"]);
            filter(s, &["include.path=../hidden"]);
        }),
        row(
            "filter in a file included outside of the checkout",
            UNCHANGED,
            |s| {
                s.config_of("../outside/config", &["filter.x.clean={P}"]);
                filter(s, &["include.path={O}/config"]);
            },
        ),
        row("filter in files included conditionally", UNCHANGED, |s| {
            s.config_of("hidden", &["filter.x.clean={P}", "filter.x.process={P}"]);
            filter(
                s,
                &[
                    "includeIf.onbranch:**.path=../hidden",
                    "includeIf.gitdir:**.path=../hidden",
                    "remote.x.url=y",
                    "includeIf.hasconfig:remote.*.url:*.path=../hidden",
                ],
            );
        }),
        row(
            "files that include each other",
            Expected::Fails(ErrorKind::GitFailed),
            |s| {
                s.config(&["include.path=config"]);
            },
        ),
        row(
            "filter in the configuration of a working tree",
            UNCHANGED,
            |s| {
                filter(
                    s,
                    &[
                        "core.repositoryFormatVersion=1",
                        "extensions.worktreeConfig=true",
                    ],
                );
                s.config_of(".git/config.worktree", &["filter.x.clean={P}"]);
            },
        ),
        row(
            "filter in the configuration of a linked working tree",
            UNCHANGED,
            |s| {
                s.git(&["worktree", "add", "--detach", "{O}/linked"]);
                filter(
                    s,
                    &[
                        "core.repositoryFormatVersion=1",
                        "extensions.worktreeConfig=true",
                    ],
                );
                s.config_of(
                    ".git/worktrees/linked/config.worktree",
                    &["filter.x.clean={P}"],
                );
                s.write("../outside/linked/file", "change 3\n");
                s.link("../outside/linked", ".root");
            },
        ),
        row("filter with an empty name", UNCHANGED, |s| {
            s.write(".git/info/attributes", "* filter=\n");
            s.config(&["filter..clean={P}"]);
        }),
        row(
            "filter with a name that a shell would interpret",
            UNCHANGED,
            |s| {
                s.write(
                    ".git/info/attributes",
                    "* filter=$(touch${IFS}{M});'\"*.x\n",
                );
                s.config(&["filter.$(touch${IFS}{M});'\"*.x.clean={P}"]);
            },
        ),
        row("changed file, and a filter named a,b", DIRTY, |s| {
            s.config(&["filter.a,b.clean={P}"]);
            s.write("file", "changed\n");
        }),
        row("filter with a name like an option", UNCHANGED, |s| {
            s.write(".git/info/attributes", "* filter=--output\n");
            s.config(&["filter.--output.clean={P}"]);
        }),
        row(
            "filter with a name that contains =",
            Expected::Fails(ErrorKind::UnsafeConfig),
            |s| {
                s.write(".git/info/attributes", "* filter=a=b\n");
                s.append(".git/config", "[filter \"a=b\"]\n\tclean = {P}\n");
            },
        ),
        row("filter with a name of control characters", UNCHANGED, |s| {
            s.write(".git/info/attributes", "* filter=a\u{1b}[31mb\u{7}\n");
            s.config(&["filter.a\u{1b}[31mb\u{7}.clean={P}"]);
        }),
        row(
            "filter with a name that is not UTF-8",
            Expected::Fails(ErrorKind::UnsafeConfig),
            |s| {
                s.write(".git/info/attributes", b"* filter=\xff\n");
                let name = b"[filter \"\xff\"]\n\tclean = ";
                let program = s.text("{P}");
                s.write(
                    ".git/config",
                    [&name[..], program.as_bytes(), b"\n"].concat(),
                );
            },
        ),
        row(
            "10,000 filters",
            Expected::Fails(ErrorKind::UnsafeConfig),
            |s| {
                let filters: Vec<_> = (0..10_000)
                    .map(|number| format!("filter.{number}.clean={{P}}"))
                    .collect();
                filter(s, &filters.iter().map(String::as_str).collect::<Vec<_>>());
            },
        ),
        row(
            "filter with a name of 100,000 bytes",
            Expected::Fails(ErrorKind::UnsafeConfig),
            |s| {
                let name = "x".repeat(100_000);
                filter(s, &[&format!("filter.{name}.clean={{P}}")]);
            },
        ),
        row("filter of the user, Git LFS", UNCHANGED, |s| {
            s.write(
                ".git/info/attributes",
                "* filter=lfs diff=lfs merge=lfs -text\n",
            );
            s.write(
                ".lfsconfig",
                "[lfs \"extension.x\"]\n\tclean = {P}\n\tpriority = 0\n",
            );
        }),
        row(
            "filter of a file with attributes outside of the checkout",
            UNCHANGED,
            |s| {
                s.write("../outside/attributes", "* filter=x\n");
                s.config(&["core.attributesFile={O}/attributes", "filter.x.clean={P}"]);
            },
        ),
        row("filter of an attribute macro", UNCHANGED, |s| {
            filter(s, &["filter.x.clean={P}"]);
            s.write(".git/info/attributes", "[attr]y filter=x ident\n* y\n");
        }),
    ]
}
