"""Counts cases and compares differences with the list of intended ones."""

import re
import subprocess
from collections import Counter
from pathlib import Path

CARGO = ["cargo", "run", "--quiet", "--locked", "-p", "pypi-versioning", "--all-features"]


def ask(questions):
    """Sends tab-separated questions to the Rust program and returns its answers."""
    lines = ["\t".join(escaped(field) for field in question) for question in questions]
    command = [*CARGO, "--example", "interop"]
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    answers = done.stdout.removesuffix("\n").split("\n")
    assert len(answers) == len(questions), (len(answers), len(questions))
    return answers


def escaped(text):
    plain = (c if c.isascii() and c.isprintable() else f"\\u{{{ord(c):x}}}" for c in str(text))
    return "".join(plain)


class Report:
    """Intended differences are the table rows in `docs` that begin with "| `D-name` |"."""

    def __init__(self, docs: Path):
        self.listed = set(re.findall(r"^\| `(D-[a-z0-9-]+)` \|", docs.read_text(), re.MULTILINE))
        self.seen = Counter()
        self.cases = Counter()
        self.wrong = []

    def compare(self, area, case, theirs, ours, difference=None):
        """Records a case. `difference` is the name of the intended difference that it may show."""
        self.cases[area] += 1
        if theirs == ours:
            return
        if difference in self.listed:
            self.seen[difference] += 1
        else:
            self.wrong.append(f"{area}: {case}: expected {theirs}, found {ours} ({difference})")

    def finish(self):
        for area, count in sorted(self.cases.items()):
            print(f"versioning: {area}: {count} cases")
        for name, count in sorted(self.seen.items()):
            print(f"versioning: intended difference {name}: {count} times")
        for name in sorted(self.listed - set(self.seen)):
            self.wrong.append(f"{name} is listed, but no case shows it")
        for line in self.wrong[:50]:
            print(f"versioning: {line}")
        print(f"versioning: {sum(self.cases.values())} cases, {len(self.wrong)} differences")
        return 1 if self.wrong else 0
