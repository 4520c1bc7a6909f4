"""Versions of repository states against setuptools-scm and dunamai."""

import os
import tempfile
from pathlib import Path

from report import ask
from states import REFUSALS, SPELLINGS, STRUCTURES, Repository

NOW = "1718452800"  # 2024-06-15 12:00:00 UTC
# With the names that both versions of setuptools-scm know.
SCHEMES = {
    "guess-next-dev": "guess-next-dev",
    "no-guess-dev": "no-guess-dev",
    "post-release": "post-release",
    "only-version": "only-version",
    "semver": "python-simplified-semver",
    "release-branch-semver": "release-branch-semver",
    "calver-by-date": "calver-by-date",
}
LOCAL = ["node-and-date", "node-and-timestamp", "dirty-tag", "no-local-version"]


def setuptools_scm(tool, folder, scheme, local):
    return tool.ask({"root": str(folder), "keywords": {"version_scheme": scheme, "local_scheme": local}})


def dunamai(folder, bump):
    from dunamai import Pattern, Version

    try:
        version = Version.from_git(pattern=Pattern.DefaultUnprefixed, path=Path(folder))
        return version.serialize(bump=bump, metadata=False)
    except Exception:
        return "error"


def made(folder, name, state):
    """Makes a state and returns the folder of its checkout."""
    path = folder / "".join(c if c.isalnum() else "-" for c in name) / "repository"
    result = state.make(Repository(path, *state.options))
    if isinstance(result, tuple) and result[-1] == "linked":
        return path.parent / "linked"
    return result.path if isinstance(result, Repository) else path


def shown(answer):
    """For the comparison with other tools, all kinds of errors are equal."""
    return "error" if answer.startswith("error") else answer


def compared(report, tools, name, state, folder):
    questions = [("describe", folder, scheme, "node-and-date", NOW, "0.0") for scheme in SCHEMES]
    questions += [("describe", folder, "guess-next-dev", local, NOW, "0.0") for local in LOCAL]
    questions += [("describe", folder, scheme, "none", NOW, "0.0.0") for scheme in ("dunamai", "dunamai-bump")]
    answers = iter(ask(questions))
    for scheme, their_name in SCHEMES.items():
        found = shown(next(answers))
        for tool in tools:
            theirs = setuptools_scm(tool, folder, their_name, "node-and-date")
            difference = state.schemes.get(scheme, state.scm)
            if tool.version == "9.2.2" and "semver" in scheme:
                difference = difference or "D-scm9-semver"
            report.compare(f"setuptools-scm {tool.version}", (name, scheme), theirs, found, difference)
    for local in LOCAL:
        found = shown(next(answers))
        for tool in tools:
            theirs = setuptools_scm(tool, folder, "guess-next-dev", local)
            report.compare(f"setuptools-scm {tool.version}", (name, local), theirs, found, state.scm)
    for bump in (False, True):
        theirs, ours = dunamai(folder, bump), shown(next(answers)).split("+")[0]
        report.compare("dunamai", (name, "bump" if bump else "default"), theirs, ours, state.dunamai)


def refused(report, tools, name, state, folder, kind):
    [ours] = ask([("describe", folder, "guess-next-dev", "none", NOW, "")])
    report.compare("refusals", name, f"error {kind}", ours)
    for tool in tools:
        theirs = setuptools_scm(tool, folder, "guess-next-dev", "no-local-version")
        report.compare(f"setuptools-scm {tool.version}", name, theirs, shown(ours), state.scm)
    report.compare("dunamai", name, dunamai(folder, True), shown(ours), state.dunamai)


def run(report, tools):
    os.environ.update(GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1")
    states = {f"tag {index}": state for index, state in enumerate(SPELLINGS)} | STRUCTURES
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        for name, state in states.items():
            compared(report, tools, name, state, made(folder, name, state))
        for name, (state, kind) in REFUSALS.items():
            refused(report, tools, name, state, made(folder, name, state), kind)
    print(f"versioning: {len(states) + len(REFUSALS)} repository states")
