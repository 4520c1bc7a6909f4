"""Repository states, each made with git in a separate folder."""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

NOON = 1_704_110_400  # 2024-01-01 12:00:00 UTC


class Repository:
    """A repository whose commits are a minute apart, unless a time is given."""

    def __init__(self, path: Path, *options):
        self.path, self.minutes = path, 0
        path.mkdir(parents=True)
        self.git("init", "--quiet", *options)

    def git(self, *arguments, time=None, folder=None):
        date = f"@{NOON + 60 * self.minutes if time is None else time} +0000"
        name = {"NAME": "A", "EMAIL": "a@example.org", "DATE": date}
        env = {f"GIT_{who}_{key}": value for who in ("AUTHOR", "COMMITTER") for key, value in name.items()}
        env |= {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "PATH": os.environ["PATH"]}
        command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
        done = subprocess.run(command, cwd=folder or self.path, env=env, capture_output=True, check=True, text=True)
        return done.stdout.strip()

    def commit(self, count=1, time=None):
        for _ in range(count):
            self.minutes += 1
            (self.path / "file").write_text(f"{self.minutes} {time}\n")
            self.git("add", "file")
            self.git("commit", "--quiet", "-m", "change", time=time)
        return self

    def tag(self, *names):
        for name in names:
            self.git("tag", name)
        return self

    def annotated(self, *names):
        for name in names:
            self.minutes += 1
            self.git("tag", "-a", "-m", name, name)
        return self

    def branch(self, name, start="HEAD"):
        self.git("checkout", "--quiet", "-b", name, start)
        return self

    def checkout(self, name):
        self.git("checkout", "--quiet", name)
        return self

    def merge(self, name):
        self.minutes += 1
        self.git("merge", "--quiet", "--no-edit", "-s", "ours", "--no-ff", name)
        return self

    def dirty(self):
        (self.path / "file").write_text("changed\n")
        return self

    def clone(self, *options):
        other = Repository.__new__(Repository)
        other.path, other.minutes = self.path.with_name(self.path.name + "-clone"), self.minutes
        self.git("clone", "--quiet", *options, f"file://{self.path}", str(other.path))
        return other


@dataclass
class State:
    """How to make a state, and the intended difference that it may show for each tool."""

    make: object
    scm: str | None = None
    dunamai: str | None = None
    schemes: dict = field(default_factory=dict)
    options: tuple = ()


def after(count, *tags):
    return lambda repository: repository.commit().tag(*tags).commit(count)


def spelled(tag, scm=None, dunamai=None, **schemes):
    make = lambda repository: repository.commit(2).tag(tag).commit(3)  # noqa: E731
    return State(make, scm, dunamai, {name.replace("_", "-"): value for name, value in schemes.items()})


TWO_NAMES = "D-dunamai-names"
HIGHEST = "D-highest-tag"
STRICT, SKIP, PREFIX = "D-dot-required", "D-tag-skipped", "D-tag-prefix"

# A tag and three commits, for each spelling of the tag.
SPELLINGS = [
    spelled("1.0"),
    spelled("V1.0", dunamai=TWO_NAMES),
    spelled("v1.2.3"),
    spelled("v1.2.3.4"),
    spelled("v0.5.9"),
    spelled("v01.02.003", dunamai="D-dunamai-zeros"),
    spelled("v1.0.0-rc1"),
    spelled("v1.0.0-rc.1"),
    spelled("v1.0.0-alpha", dunamai="D-dunamai-bare"),
    spelled("v1.0a1"),
    spelled("v1.0b2"),
    spelled("v1.0.0c2"),
    spelled("v1.0.0rc", dunamai="D-dunamai-bare"),
    spelled("v1.0.0-1", dunamai=TWO_NAMES),
    spelled("v1.0.0-post2", dunamai="D-dunamai-post"),
    spelled("v1.0.0.post1", dunamai="D-dunamai-post"),
    spelled("v1.0.0.rev3", dunamai=TWO_NAMES),
    spelled("v1.0.0dev0"),
    spelled("v0.6.0.dev0"),
    spelled("v1.0.0.dev3"),
    spelled("v1.0.0rc1.post2", dunamai=TWO_NAMES),
    spelled("v1.0.0rc1.dev0", dunamai=TWO_NAMES, semver="D-semver-dev0", release_branch_semver="D-semver-dev0"),
    spelled("v1.0.0+g1a2b3c4"),
    spelled("v1.0.0+build.1"),
    spelled("1!1.0", calver_by_date="D-calver-epoch"),
    spelled("v1!2.0.0", calver_by_date="D-calver-epoch"),
    spelled("2024.1.15", calver_by_date="D-calver-order"),
    spelled("2023.12.31"),
    spelled("24.1.1"),
    spelled("v2024.1.1.3"),
    spelled("v1", STRICT, STRICT),
    spelled("v20240115123456", STRICT, STRICT),
    spelled("build-5", STRICT),
    spelled("deploy-2024-01-15", STRICT),
    spelled("release-1.2.3", PREFIX),
    spelled("my-pkg-v1.2.3", PREFIX),
    spelled("release/1.2.3", SKIP),
    spelled("pkg@1.2.3", SKIP),
    spelled("v1.0-final", SKIP, SKIP),
    spelled("1.0.x", SKIP, SKIP),
    spelled("v1.0.0-23-gabcdef0", SKIP),
]


def skewed(repository):
    """The clock of the tagged commit was a year slow, so that describe visits its parent first."""
    repository.commit(2).branch("side").commit().checkout("main")
    repository.commit(time=NOON - 31_536_000).tag("v1.0").commit().merge("side")


def equal_depth(repository):
    repository.commit().branch("side").commit().tag("v1.0.1").checkout("main")
    repository.commit().tag("v1.1.0").merge("side").commit()


def submodule(repository):
    inner = Repository(repository.path.parent / "inner").commit()
    repository.git("submodule", "--quiet", "add", f"file://{inner.path}", "inner")
    repository.commit().tag("v1.0").commit()
    return repository


def nested_tag(repository):
    repository.commit().annotated("v1.0")
    repository.git("tag", "-a", "-m", "x", "v1.1", "v1.0")
    repository.commit(2)


def replaced(repository):
    repository.commit().tag("v1.0").commit(3)
    repository.git("replace", "--graft", "HEAD", "HEAD~3")


def on_branch(name):
    return lambda repository: repository.commit().tag("v1.2.3").branch(name).commit(2)


STRUCTURES = {
    "no tags": State(lambda r: r.commit(3)),
    "no tags, dirty": State(lambda r: r.commit(3).dirty(), dunamai="D-dirty-counts"),
    "exact": State(after(0, "v1.2.3")),
    "exact, dirty": State(lambda r: r.commit().tag("v1.2.3").dirty(), dunamai="D-dirty-counts"),
    "exact, pre-release": State(after(0, "v1.0.0-rc.1")),
    "exact, epoch": State(after(0, "v1!2.0.0")),
    "exact, local": State(after(0, "v1.0.0+build.1")),
    "exact, development": State(after(0, "v1.0.dev3")),
    "one commit": State(after(1, "v1.2.3")),
    "twenty-three commits": State(after(23, "v0.5.9")),
    "twenty-three commits, dirty": State(lambda r: after(23, "v0.5.9")(r).dirty()),
    "staged": State(lambda r: (after(1, "v1.0")(r).dirty(), r.git("add", "file"))),
    "untracked": State(lambda r: (after(0, "v1.0")(r).path / "other").write_text("")),
    "ignored": State(lambda r: (after(0, "v1.0")(r).path / ".git/info/exclude").write_text("*")),
    "mode changed": State(lambda r: (after(1, "v1.0")(r).path / "file").chmod(0o755)),
    "file deleted": State(lambda r: (after(1, "v1.0")(r).path / "file").unlink()),
    "detached": State(lambda r: r.commit().tag("v1.0").commit(3).checkout("HEAD~1")),
    "annotated": State(lambda r: r.commit().annotated("v1.0").commit(2)),
    "tag of a tag": State(nested_tag, HIGHEST, HIGHEST),
    "final then candidate, annotated": State(lambda r: r.commit().annotated("v1.0", "v1.0rc1").commit(), HIGHEST, HIGHEST),
    "light 1.1 and annotated 1.0": State(lambda r: r.commit().tag("v1.1").annotated("v1.0").commit(), HIGHEST, HIGHEST),
    "1.9 and 1.10": State(lambda r: r.commit().tag("v1.9", "v1.10").commit(), HIGHEST, HIGHEST),
    "final and candidate, light": State(lambda r: r.commit().tag("v1.0", "v1.0rc1").commit(), HIGHEST, HIGHEST),
    "1.0 and 1.0.0": State(lambda r: r.commit().tag("v1.0.0", "v1.0").commit(), dunamai=HIGHEST),
    "older number closer": State(lambda r: r.commit().tag("v2.0").commit().tag("v1.5.0").commit()),
    "no version closer": State(lambda r: r.commit().tag("v1.0.0").commit().tag("deploy2").commit(), SKIP),
    "moving tag closer": State(lambda r: r.commit().tag("v1.0.0").commit().tag("v1").commit(), STRICT, STRICT),
    "equal depth": State(equal_depth, dunamai="D-dunamai-order"),
    "clocks wrong": State(skewed, "D-distance"),
    "same second": State(lambda r: (r.commit(time=NOON).tag("v1.0"), r.commit(3, time=NOON))),
    "other branch": State(lambda r: r.commit().tag("v1.0").branch("next").commit().tag("v2.0").checkout("main").commit()),
    "orphan": State(lambda r: (r.commit().tag("v1.0"), r.git("checkout", "--quiet", "--orphan", "new"), r.commit(2))),
    "merge of a release branch": State(lambda r: r.commit().tag("v1.0").branch("rel").commit().tag("v1.0.1").checkout("main").commit(3).merge("rel")),
    "submodule": State(submodule),
    "replaced": State(replaced, "D-replace", "D-replace"),
    "branch feature": State(on_branch("feature/x")),
    "branch with feature inside": State(on_branch("fix-feature-flag"), schemes={"semver": "D-feature-branch"}),
    "branch 1.2": State(on_branch("release/1.2")),
    "branch v1.2": State(on_branch("v1.2")),
    "branch release-1.2": State(on_branch("release-1.2")),
    "branch 1.3": State(on_branch("1.3")),
    "branch 1.2.x": State(on_branch("1.2.x")),
    "branch stable/v1.2.x": State(on_branch("stable/v1.2.x")),
    "branch V1.2": State(on_branch("V1.2")),
    "branch 1.2-rc": State(on_branch("1.2-rc")),
    "branch of a bot": State(on_branch("dependabot/pip/foo-1.2.9"), schemes={"release-branch-semver": "D-release-branch"}),
    "branch release-24.7.1": State(on_branch("release-24.7.1"), schemes={"calver-by-date": "D-calver-branch"}),
    "full clone": State(lambda r: after(3, "v1.0")(r).clone()),
    "packed refs": State(lambda r: (after(3, "v1.0")(r), r.git("pack-refs", "--all"))),
    "commit graph": State(lambda r: (after(3, "v1.0")(r), r.git("commit-graph", "write"))),
    "reftable": State(after(3, "v1.0"), options=("--ref-format=reftable",)),
    "sha256": State(after(3, "v1.0"), options=("--object-format=sha256",)),
    "linked worktree": State(lambda r: (after(3, "v1.0")(r), r.git("worktree", "add", "--quiet", "--detach", "../linked"), "linked")),
    "abbreviation configured": State(lambda r: (after(3, "v1.0")(r), r.git("config", "core.abbrev", "4"))),
    "signatures and hooks configured": State(lambda r: (after(3, "v1.0")(r), r.git("config", "log.showSignature", "true"))),
}
# Errors here; the other tools invent a version or fail, too.
REFUSALS = {
    "empty": (State(lambda r: r, "D-no-commit", "D-no-commit"), "NoCommit"),
    "no tags, no base": (State(lambda r: r.commit(3), "D-no-tag", "D-no-tag"), "NoTag"),
    "clone without tags": (State(lambda r: after(3, "v1.0")(r).clone("--no-tags"), "D-no-tag", "D-no-tag"), "NoTag"),
    "shallow": (State(lambda r: after(3, "v1.0")(r).clone("--depth=1"), "D-shallow", "D-shallow"), "Shallow"),
    "shallow with the tag": (State(lambda r: after(3, "v1.0")(r).clone("--depth=4"), "D-shallow", "D-shallow"), "Shallow"),
    "bare": (State(lambda r: after(3, "v1.0")(r).clone("--bare"), "D-bare", "D-bare"), "NoWorkTree"),
    "no repository": (State(lambda r: (r.path / ".git").rename(r.path / "x"), "D-none", "D-none"), "NotRepository"),
}  # fmt: skip
