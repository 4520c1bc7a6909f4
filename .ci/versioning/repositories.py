"""Versions of repository states against setuptools-scm and dunamai."""

import os
import tempfile
import warnings
from pathlib import Path

from report import ask
from states import REFUSALS, SPELLINGS, STRUCTURES, Repository

NOW = "1718452800"  # 2024-06-15 12:00:00 UTC
SCHEMES = {
    "guess-next-dev": "guess-next-dev",
    "no-guess-dev": "no-guess-dev",
    "post-release": "post-release",
    "only-version": "only-version",
    "semver": "semver-pep440",
    "release-branch-semver": "semver-pep440-release-branch",
    "calver-by-date": "calver-by-date",
}
LOCAL = ["node-and-date", "node-and-timestamp", "dirty-tag", "no-local-version"]


def setuptools_scm(folder, scheme, local):
    from packaging.version import Version
    from setuptools_scm import get_version

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            text = get_version(root=str(folder), version_scheme=scheme, local_scheme=local)
        return str(Version(text))
    except Exception:
        return "error"


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


def compared(report, name, state, folder):
    questions = [("describe", folder, scheme, "node-and-date", NOW, "0.0") for scheme in SCHEMES]
    questions += [("describe", folder, "guess-next-dev", local, NOW, "0.0") for local in LOCAL]
    questions += [("describe", folder, scheme, "none", NOW, "0.0.0") for scheme in ("dunamai", "dunamai-bump")]
    answers = iter(ask(questions))
    for scheme, their_name in SCHEMES.items():
        theirs = setuptools_scm(folder, their_name, "node-and-date")
        difference = state.schemes.get(scheme, state.scm)
        report.compare("setuptools-scm", (name, scheme), theirs, shown(next(answers)), difference)
    for local in LOCAL:
        theirs = setuptools_scm(folder, "guess-next-dev", local)
        report.compare("setuptools-scm", (name, local), theirs, shown(next(answers)), state.scm)
    for bump in (False, True):
        theirs, ours = dunamai(folder, bump), shown(next(answers)).split("+")[0]
        report.compare("dunamai", (name, "bump" if bump else "default"), theirs, ours, state.dunamai)


def refused(report, name, state, folder, kind):
    [ours] = ask([("describe", folder, "guess-next-dev", "none", NOW, "")])
    report.compare("refusals", name, f"error {kind}", ours)
    theirs = setuptools_scm(folder, "guess-next-dev", "no-local-version")
    report.compare("setuptools-scm", name, theirs, shown(ours), state.scm)
    report.compare("dunamai", name, dunamai(folder, True), shown(ours), state.dunamai)


def run(report):
    os.environ.update(SOURCE_DATE_EPOCH=NOW, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1")
    states = {f"tag {index}": state for index, state in enumerate(SPELLINGS)} | STRUCTURES
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder).resolve()
        for name, state in states.items():
            compared(report, name, state, made(folder, name, state))
        for name, (state, kind) in REFUSALS.items():
            refused(report, name, state, made(folder, name, state), kind)
    print(f"versioning: {len(states) + len(REFUSALS)} repository states")
