"""Bumps against `uv version --bump`."""

import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from report import ask

UV = Path(sys.executable).with_name("uv")
PARTS = ["major", "minor", "patch", "stable", "alpha", "beta", "rc", "post", "dev"]
VERSIONS = [
    "1", "1.2", "1.2.3", "1.2.3.4", "0.0.0", "1.2.3a1", "1.2.3b2", "1.2.3rc1", "1.2.3.dev4",
    "1.2.3.post1", "1.2.3a2.post1.dev3", "1.2.3.post1.dev2", "1!2.0", "2024.1.15", "1.0+local",
]  # fmt: skip


def cases():
    for version in VERSIONS:
        for part in [*PARTS, "patch=7", "minor=0", "alpha=0", "rc=9", "post=5", "dev=0"]:
            yield version, [part]
    for version in ["1.2.3", "1.2.3rc1", "1.0+local"]:
        for pair in product(PARTS, PARTS):
            yield version, list(pair)


def theirs(folder, version, parts):
    project = f'[project]\nname = "x"\nversion = "{version}"\n'
    (folder / "pyproject.toml").write_text(project)
    command = [UV, "version", "--no-config", "--dry-run", "--short", "--frozen", "--offline"]
    command += [argument for part in parts for argument in ("--bump", part)]
    env = {name: value for name, value in os.environ.items() if not name.startswith("UV_")}
    done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "error"


def run(report):
    asked = list(cases())
    answers = ask([("bump", version, " ".join(parts)) for version, parts in asked])
    with tempfile.TemporaryDirectory() as folder:
        for (version, parts), ours in zip(asked, answers):
            expected = theirs(Path(folder), version, parts)
            difference = "D-bump-local" if "+" in version else None
            report.compare("bumps (uv)", (version, parts), expected, ours, difference)
