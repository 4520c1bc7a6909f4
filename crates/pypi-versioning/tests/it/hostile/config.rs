//! Configuration that names programs.

use pypi_versioning::ErrorKind;

use super::{
    DIRTY, Expected, Row, UNCHANGED, row,
    sandbox::{Sandbox, bytes},
};

/// Every key of git that names a program, except those that have a row.
const PROGRAMS: &[&str] = &[
    "browser.x.cmd={P}",
    "core.alternateRefsCommand={P}",
    "core.askPass={P}",
    "core.editor={P}",
    "core.gitProxy={P}",
    "core.pager={P}",
    "core.sshCommand={P}",
    "core.virtualFilesystem={P}",
    "credential.helper=!{P}",
    "diff.external={P}",
    "diff.orderFile={P}",
    "diff.x.command={P}",
    "diff.x.textconv={P}",
    "difftool.x.cmd={P}",
    "gpg.program={P}",
    "gpg.ssh.defaultKeyCommand={P}",
    "gpg.ssh.program={P}",
    "imap.tunnel={P}",
    "interactive.diffFilter={P}",
    "man.x.cmd={P}",
    "merge.x.driver={P}",
    "mergetool.x.cmd={P}",
    "pager.config={P}",
    "pager.log={P}",
    "pager.ls-files={P}",
    "pager.rev-list={P}",
    "pager.rev-parse={P}",
    "pager.status={P}",
    "receive.procReceiveRefs=refs",
    "remote.origin.url=git://localhost/x",
    "remote.origin.receivepack={P}",
    "remote.origin.uploadpack={P}",
    "remote.origin.vcs=none",
    "sendemail.smtpServer={P}",
    "sequence.editor={P}",
    "status.submoduleSummary=true",
    "submodule.x.update=!{P}",
    "tar.x.command={P}",
    "trailer.x.command={P}",
    "uploadpack.packObjectsHook={P}",
    "web.browser=x",
];

const HOOKS: [&str; 8] = [
    "fsmonitor-watchman",
    "post-checkout",
    "post-index-change",
    "pre-auto-gc",
    "pre-command",
    "query-watchman",
    "read-object",
    "reference-transaction",
];

/// Makes the checkout a partial clone that lacks the tree of its commit, which `git status` needs.
fn partial(sandbox: &Sandbox, config: &[&str]) {
    sandbox.config(&[
        "core.repositoryFormatVersion=1",
        "extensions.partialClone=origin",
    ]);
    sandbox.config(config);
    let tree = sandbox.git(&["rev-parse", "HEAD^{tree}"]);
    sandbox.git(&["rm", "--quiet", "--cached", "other"]);
    sandbox.lose(&tree);
}

/// Adds a submodule, with the configuration and attributes of an attacker.
fn submodule(sandbox: &Sandbox, config: &[&str], attributes: &str) {
    sandbox.git(&["submodule", "--quiet", "add", "{O}/../checkout", "sub"]);
    sandbox.git(&["commit", "--quiet", "-m", "submodule"]);
    sandbox.config_of(".git/modules/sub/config", config);
    sandbox.write(".git/modules/sub/info/attributes", attributes);
    // The same content at another time, which `git status` would compare.
    for file in ["sub/file", "sub/other"] {
        sandbox.write(file, sandbox.read(file));
    }
}

pub(super) fn rows() -> Vec<Row> {
    let mut rows = programs();
    rows.extend(fetches());
    rows.extend(submodules());
    rows
}

fn programs() -> Vec<Row> {
    vec![
        row("every other key that names a program", UNCHANGED, |s| {
            s.write(".git/info/attributes", "* diff=x merge=x\n");
            s.config(PROGRAMS);
        }),
        row("core.fsmonitor", UNCHANGED, |s| {
            s.config(&["core.fsmonitor={P}", "core.fsmonitorHookVersion=1"]);
        }),
        row("core.fsmonitor, built in", UNCHANGED, |s| {
            s.config(&["core.fsmonitor=true", "core.useBuiltinFSMonitor=true"]);
        }),
        row("core.hooksPath", UNCHANGED, |s| {
            for hook in HOOKS {
                s.link("{O}/payload", &format!("hooks/{hook}"));
            }
            s.config(&["core.hooksPath=hooks"]);
        }),
        row("hooks", UNCHANGED, |s| {
            for hook in HOOKS {
                s.link(s.outside("payload"), &format!(".git/hooks/{hook}"));
            }
        }),
        row("aliases of the commands that run", UNCHANGED, |s| {
            for name in [
                "config",
                "log",
                "ls-files",
                "rev-list",
                "rev-parse",
                "status",
            ] {
                s.config(&[&format!("alias.{name}=!{{P}}")]);
            }
        }),
        row(
            "log.showSignature and a signed commit",
            Expected::Facts("v1.2.3-3"),
            |s| {
                s.config(&["gpg.program={P}", "log.showSignature=true"]);
                let (tree, parent) = (
                    s.git(&["rev-parse", "HEAD^{tree}"]),
                    s.git(&["rev-parse", "HEAD"]),
                );
                let signed = s.object(
                "commit",
                format!(
                    "tree {tree}\nparent {parent}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\
                     gpgsig -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----\n\nx\n"
                ),
            );
                s.git(&["update-ref", "HEAD", &signed]);
            },
        ),
        row(
            "trace2 in the configuration of the checkout",
            UNCHANGED,
            |s| {
                s.config(&[
                    "trace2.eventTarget={O}/victim",
                    "trace2.normalTarget={O}/new",
                ]);
            },
        ),
        row("configuration of how git writes", UNCHANGED, |s| {
            s.config(&[
                "core.splitIndex=true",
                "core.untrackedCache=true",
                "core.preloadIndex=true",
                "gc.auto=1",
                "feature.manyFiles=true",
                "maintenance.auto=true",
                "index.version=4",
            ]);
        }),
        row("core.worktree elsewhere", DIRTY, |s| {
            s.write("../outside/tree/.gitattributes", "* filter=x\n");
            s.write("../outside/tree/file", "change 3\n");
            s.config(&["core.worktree={O}/tree", "filter.x.clean={P}"]);
        }),
        row("core.bare", Expected::Fails(ErrorKind::NoWorkTree), |s| {
            s.config(&["core.bare=true", "core.fsmonitor={P}"]);
        }),
        row(
            "a folder that looks like a bare repository",
            // Depends on safe.bareRepository, which git 2.38 introduced.
            Expected::Fails(ErrorKind::NoWorkTree),
            |s| {
                s.git(&["clone", "--quiet", "--bare", ".", "bare"]);
                s.config_of(
                    "bare/config",
                    &["core.bare=false", "core.worktree=..", "core.fsmonitor={P}"],
                );
                s.link("bare", ".root");
            },
        ),
        row(
            "safe.directory and safe.bareRepository",
            Expected::Fails(ErrorKind::NoWorkTree),
            |s| {
                s.git(&["clone", "--quiet", "--bare", ".", "bare"]);
                s.config_of(
                    "bare/config",
                    &[
                        "safe.bareRepository=all",
                        "safe.directory=*",
                        "core.bare=false",
                        "core.worktree=..",
                        "core.fsmonitor={P}",
                    ],
                );
                s.link("bare", ".root");
            },
        ),
        row(
            "configuration that is not valid",
            Expected::Fails(ErrorKind::GitFailed),
            |s| {
                s.append(".git/config", "[core\n\u{1b}]0;x\u{7}\u{202e}\n");
            },
        ),
        row("keys with control characters", UNCHANGED, |s| {
            s.append(
                ".git/config",
                "[a \"\u{1b}]0;x\u{7}\"]\n\tb = \"\\n\\t\u{1b}[2J\"\n",
            );
        }),
    ]
}

fn fetches() -> Vec<Row> {
    const FAILS: Expected = Expected::Fails(ErrorKind::GitFailed);
    vec![
        row("missing objects, core.sshCommand", FAILS, |s| {
            partial(
                s,
                &[
                    "remote.origin.url=h:x",
                    "remote.origin.promisor=true",
                    "core.sshCommand={P}",
                ],
            );
        }),
        row("missing objects, ext::", FAILS, |s| {
            partial(
                s,
                &[
                    "remote.origin.url=ext::{P}",
                    "remote.origin.promisor=true",
                    "protocol.allow=always",
                    "protocol.ext.allow=always",
                ],
            );
        }),
        row("missing objects, uploadpack", FAILS, |s| {
            partial(
                s,
                &[
                    "remote.origin.url=.",
                    "remote.origin.promisor=true",
                    "remote.origin.uploadpack={P};",
                ],
            );
        }),
        row("missing objects, core.gitProxy", FAILS, |s| {
            partial(
                s,
                &[
                    "remote.origin.url=git://h/x",
                    "remote.origin.promisor=true",
                    "core.gitProxy={P}",
                ],
            );
        }),
        row("missing objects, remote helper", FAILS, |s| {
            partial(
                s,
                &[
                    "remote.origin.url=x",
                    "remote.origin.vcs=none",
                    "remote.origin.promisor=true",
                    "protocol.none.allow=always",
                ],
            );
        }),
        row("missing objects, url.insteadOf", FAILS, |s| {
            partial(
                s,
                &[
                    "remote.origin.url=https://h/x",
                    "remote.origin.promisor=true",
                    "url.ext::{P} .insteadOf=https://",
                    "protocol.ext.allow=always",
                ],
            );
        }),
        row("missing parent, ext::", FAILS, |s| {
            s.config(&[
                "core.repositoryFormatVersion=1",
                "extensions.partialClone=origin",
            ]);
            s.config(&["remote.origin.url=ext::{P}", "remote.origin.promisor=true"]);
            s.config(&["protocol.ext.allow=always"]);
            s.lose(&s.git(&["rev-parse", "HEAD~1"]));
        }),
        row("missing objects of a tag, ext::", Expected::Any, |s| {
            s.config(&[
                "core.repositoryFormatVersion=1",
                "extensions.partialClone=origin",
            ]);
            s.config(&["remote.origin.url=ext::{P}", "remote.origin.promisor=true"]);
            s.config(&["protocol.ext.allow=always"]);
            s.write(".git/refs/tags/v9.0", format!("{}\n", "1".repeat(40)));
        }),
    ]
}

fn submodules() -> Vec<Row> {
    const CLEAN: Expected = Expected::Facts("v1.2.3-3");
    vec![
        row("submodule with core.fsmonitor", CLEAN, |s| {
            submodule(s, &["core.fsmonitor={P}"], "");
        }),
        row("submodule with a filter", CLEAN, |s| {
            submodule(
                s,
                &["filter.x.clean={P}", "filter.x.required=true"],
                "* filter=x\n",
            );
        }),
        row("submodule with hooks and a pager", CLEAN, |s| {
            submodule(
                s,
                &["core.hooksPath={O}", "core.pager={P}", "pager.status={P}"],
                "",
            );
        }),
        row(
            "submodule that is configured not to be ignored",
            CLEAN,
            |s| {
                submodule(s, &["core.fsmonitor={P}"], "");
                s.config(&[
                    "submodule.sub.ignore=none",
                    "submodule.sub.active=true",
                    "submodule.recurse=true",
                    "diff.ignoreSubmodules=none",
                    "status.submoduleSummary=true",
                ]);
                s.write(
                    ".gitmodules",
                    "[submodule \"sub\"]\n\tpath = sub\n\tignore = none\n\turl = -u{P}\n",
                );
                s.git(&["commit", "--quiet", "-a", "--amend", "-m", "x"]);
            },
        ),
        row(
            "submodule at another commit",
            Expected::Facts("v1.2.3-3-dirty"),
            |s| {
                submodule(s, &["core.fsmonitor={P}"], "");
                let other = s.git(&["rev-parse", "HEAD~2"]);
                s.write(".git/modules/sub/HEAD", format!("{other}\n"));
            },
        ),
        row(
            "submodule whose repository is elsewhere",
            Expected::Facts("v1.2.3-3-dirty"),
            |s| {
                submodule(s, &[], "");
                s.git(&["clone", "--quiet", "--bare", ".", "{O}/bare"]);
                s.config_of("../outside/bare/config", &["core.fsmonitor={P}"]);
                s.write("sub/.git", "gitdir: {O}/bare\n");
            },
        ),
        row(
            "path of a submodule like an option",
            Expected::Facts("v1.2.3-3-dirty"),
            |s| {
                let head = s.git(&["rev-parse", "HEAD"]);
                let entry = format!("160000,{head},--upload-pack={{P}}");
                s.git(&["update-index", "--add", "--cacheinfo", &entry]);
                s.git(&["commit", "--quiet", "-m", "submodule"]);
                std::fs::create_dir_all(s.path(bytes(s.text("--upload-pack={P}").as_bytes())))
                    .expect("a folder");
                s.write("file", "changed\n");
            },
        ),
    ]
}
