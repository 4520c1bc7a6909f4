//! Checkouts made at random from hostile pieces.

use std::time::Duration;

use proptest::{prelude::*, sample::select, test_runner::RngSeed};
use pypi_versioning::{GitCommand, TagFilter};

use super::{
    names::packed,
    sandbox::{Sandbox, Template},
    unclean,
};

const KEYS: &[&str] = &[
    "alias.status",
    "core.attributesFile",
    "core.bare",
    "core.fsmonitor",
    "core.hooksPath",
    "core.pager",
    "core.repositoryFormatVersion",
    "core.sshCommand",
    "core.worktree",
    "diff.x.textconv",
    "diff.external",
    "extensions.partialClone",
    "extensions.worktreeConfig",
    "filter.$(touch {M}).clean",
    "filter.-c.clean",
    "filter.x.y.clean",
    "filter.x.clean",
    "filter.x.process",
    "filter.x.required",
    "filter.x.smudge",
    "gpg.program",
    "include.path",
    "log.mailmap",
    "log.showSignature",
    "protocol.ext.allow",
    "protocol.allow",
    "remote.origin.promisor",
    "remote.origin.uploadpack",
    "remote.origin.url",
    "remote.origin.vcs",
    "status.submoduleSummary",
    "url.ext::{P} .insteadOf",
];

const PROGRAMS: &[&str] = &[
    "!{P}",
    "$(touch {M})",
    "touch {M}",
    "{P}",
    "{P}; cat",
    "{P} %f",
];

const VALUES: &[&str] = &[
    "",
    "--upload-pack={P}",
    "../../outside/victim",
    "..",
    "1",
    "always",
    "ext::{P}",
    "origin",
    "true",
    "{O}",
];

const NAMES: &[&str] = &[
    "$(touch${IFS}{M})",
    "'",
    "-",
    "--output=",
    "/",
    "/v",
    "0",
    "1",
    "9.",
    "::",
    ";",
    "HEAD",
    "\"",
    "\n",
    "\r",
    "\u{1b}[31m",
    "\u{202e}",
    "`",
    "a",
    "rc1",
    "v",
    "|",
    "{P}",
    "\u{e9}",
];

const FILES: &[&str] = &[
    ".git/HEAD",
    ".git/config",
    ".git/index",
    ".git/packed-refs",
    ".git/refs/heads/main",
    ".git/refs/tags/v1.2.3",
    ".git/shallow",
    ".gitattributes",
    ".gitmodules",
    "file",
];

#[derive(Clone, Debug)]
enum Piece {
    Attribute(&'static str, &'static str),
    Config(&'static str, &'static str),
    /// A byte of a file, at a position modulo its size.
    Damage(&'static str, usize, u8),
    Link(&'static str, &'static str),
    Missing(&'static str),
    Ref(&'static str, Vec<&'static str>),
}

fn piece() -> impl Strategy<Value = Piece> {
    let attributes = select(&["*", "file", "[attr]y", "other", "\"\\t\""][..]);
    let values = select(
        &[
            "filter=x",
            "filter=x",
            "filter=x.y",
            "filter=-c",
            "y",
            "ident",
            "text",
        ][..],
    );
    let config = (
        select(KEYS),
        prop_oneof![2 => select(PROGRAMS), 1 => select(VALUES)],
    );
    let objects = select(&["HEAD", "HEAD~1", "HEAD^{tree}", "HEAD:file"][..]);
    let names = prop::collection::vec(select(NAMES), 1..6);
    let kinds = select(
        &[
            "refs/heads/",
            "refs/tags/",
            "refs/tags/v9.0",
            "refs/replace/",
            "",
        ][..],
    );
    prop_oneof![
        2 => (attributes, values).prop_map(|(path, value)| Piece::Attribute(path, value)),
        6 => config.prop_map(|(key, value)| Piece::Config(key, value)),
        2 => (select(FILES), any::<usize>(), any::<u8>())
            .prop_map(|(file, position, byte)| Piece::Damage(file, position, byte)),
        1 => (select(FILES), select(VALUES)).prop_map(|(file, target)| Piece::Link(file, target)),
        1 => objects.prop_map(Piece::Missing),
        4 => (kinds, names).prop_map(|(kind, names)| Piece::Ref(kind, names)),
    ]
}

fn add(sandbox: &Sandbox, pieces: &[Piece]) {
    // Git is called before the checkout is damaged.
    let mut lost = Vec::new();
    let mut refs = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Missing(object) => lost.push(sandbox.git(&["rev-parse", object])),
            Piece::Ref(kind, names) => refs.push(format!("{kind}{}", names.concat()).into_bytes()),
            _ => {}
        }
    }
    let refs: Vec<_> = refs.iter().map(Vec::as_slice).collect();
    packed(sandbox, &refs);
    lost.iter().for_each(|id| sandbox.lose(id));
    for piece in pieces {
        match piece {
            Piece::Attribute(path, value) => {
                sandbox.append(".git/info/attributes", &format!("{path} {value}\n"));
            }
            Piece::Config(key, value) => {
                sandbox.config(&[&format!("{key}={value}")]);
            }
            Piece::Damage(file, position, byte) => damage(sandbox, file, *position, *byte),
            Piece::Link(file, target) if !target.is_empty() => {
                sandbox.link(sandbox.text(target), file);
            }
            Piece::Link(..) | Piece::Missing(_) | Piece::Ref(..) => {}
        }
    }
}

fn damage(sandbox: &Sandbox, file: &str, position: usize, byte: u8) {
    if !sandbox.path(file).is_file() {
        return sandbox.write(file, [byte]);
    }
    let mut bytes = sandbox.read(file);
    let size = bytes.len();
    if let Some(at) = position.checked_rem(size).and_then(|at| bytes.get_mut(at)) {
        *at = byte;
    }
    sandbox.write(file, bytes);
}

fn config() -> ProptestConfig {
    ProptestConfig {
        cases: 48,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(440),
        ..ProptestConfig::default()
    }
}

#[test]
fn nothing_of_a_random_checkout_runs() {
    let template = Template::new();
    proptest!(config(), |(pieces in prop::collection::vec(piece(), 1..12))| {
        let sandbox = template.copy();
        add(&sandbox, &pieces);
        let before = sandbox.snapshot();
        let git = GitCommand::new(sandbox.root()).timeout(Duration::from_secs(30));
        let result = git.facts(&TagFilter::new());
        prop_assert_eq!(sandbox.changes(&before, &sandbox.snapshot()), Vec::<String>::new());
        prop_assert_eq!(unclean(result), None);
    });
}
