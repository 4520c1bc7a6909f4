"""Two versions of setuptools-scm, each in a process and a folder of its own: many projects pin the older one."""

import json
import os
import subprocess
import sys
from pathlib import Path

PINNED = {
    "9.2.2": ["setuptools-scm==9.2.2"],
    "10.3.4": ["setuptools-scm==10.3.4", "vcs-versioning==2.6.0"],
}
COMMON = ["packaging==26.3", "setuptools==84.2.1"]
HERE = Path(__file__).resolve().parent


def installed(name, packages):
    """Installs packages into a folder of their own, once, and returns it."""
    folder = HERE.parent.parent / "target" / "pinned" / name
    if not (folder / "packaging").exists():
        install = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--target", str(folder), *packages], check=True)
    return folder


def command(script):
    """Runs a script without the packages of the interpreter, whose entry points would be found, too."""
    return [sys.executable, "-S", "-B", str(script)]


class SetuptoolsScm:
    def __init__(self, version):
        self.version = version
        folder = installed(f"setuptools-scm-{version}", [*PINNED[version], *COMMON])
        environment = {**os.environ, "PYTHONPATH": str(folder)}
        pipe = subprocess.PIPE
        worker = command(HERE / "scm_worker.py")
        self.process = subprocess.Popen(worker, env=environment, stdin=pipe, stdout=pipe, text=True)

    def ask(self, question):
        print(json.dumps(question), file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        assert answer, f"setuptools-scm {self.version} ended at {question}"
        return answer.strip()


def both():
    return [SetuptoolsScm(version) for version in PINNED]
