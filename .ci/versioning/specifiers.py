"""Versions and specifiers against `packaging` 26.3 ("the standard") and 26.2 (that of the index)."""

import json
import os
import random
import re
import subprocess
from itertools import pairwise

from packaging.version import InvalidVersion, Version

from report import ask
from scm import HERE, command, installed

PACKAGING = ["26.3", "26.2"]
# More than 100,000 cases with 7.
FACTOR = int(os.environ.get("PYPI_VERSIONING_FACTOR", "1"))
RULES = ["default", "allow", "deny"]

SPACES = ["", "", "", "", "", "", " ", "\t", "\x0b", "\x1c", "\x85", "\u00a0", "\u2003"]
NUMBERS = ["0", "0", "1", "1", "2", "3", "10", "007", "2024", "18446744073709551614"]
BIG = ["18446744073709551615", "18446744073709551616", "99999999999999999999999"]
OPERATORS = ["==", "!=", "<=", ">=", "<", ">", "~=", "==="]


def number(rng, big=0.002):
    return rng.choice(BIG if rng.random() < big else NUMBERS)


def version(rng, local=0.2, length=4, big=0.002):
    """Any spelling of a version, mostly with few release numbers, so that many are close together."""
    maybe = lambda chance, text: text if rng.random() < chance else ""  # noqa: E731
    separator = lambda: rng.choice(["", ".", "-", "_"])  # noqa: E731
    text = maybe(0.15, rng.choice("vV")) + maybe(0.1, number(rng, big) + "!")
    text += ".".join(number(rng, big) for _ in range(rng.randint(1, length)))
    phase = rng.choice(["a", "b", "rc", "c", "alpha", "beta", "pre", "preview", "RC", "Alpha"])
    text += maybe(0.35, separator() + phase + rng.choice(["", separator() + number(rng, big)]))
    post = rng.choice(["post", "rev", "r", "Post"])
    text += maybe(0.25, rng.choice([separator() + post + rng.choice(["", number(rng, big)]), "-" + number(rng, big)]))
    text += maybe(0.25, separator() + rng.choice(["dev", "DEV"]) + rng.choice(["", number(rng, big)]))
    segments = [rng.choice(["ubuntu", "g1a2b", "Abc", number(rng, big), "007"]) for _ in range(rng.randint(1, 3))]
    return text + maybe(local, "+" + rng.choice(".-_").join(segments))


def broken(rng, text):
    at = rng.randint(0, len(text))
    return text[:at] + rng.choice(["x", "..", "!", "+", "-", ".*", " ", "é", "٣", "\n", "dev"]) + text[at:]


def clause(rng, big=0.002):
    operator = rng.choice(OPERATORS)
    text = version(rng, local=0.05, length=3, big=big)
    if operator in ("==", "!=") and rng.random() < 0.4:
        text = ".".join(number(rng, big) for _ in range(rng.randint(1, 4))) + ".*"
    if operator == "===" and rng.random() < 0.3:
        text = rng.choice(["foobar", "1.0.*", "v1.0", "1.0-x"])
    text = broken(rng, text) if rng.random() < 0.06 else text
    return rng.choice(SPACES) + operator + rng.choice(SPACES) + text + rng.choice(SPACES)


def near(rng, set_text):
    """A version close to one in the set."""
    found = re.findall(r"[0-9][0-9a-z.!]*[0-9]|[0-9]", set_text)
    stem = rng.choice(found) if found else "1"
    ends = ["", "", ".0", "a1", "rc1", ".dev0", ".dev1", ".post0", ".post1", ".post1.dev0", "+local", ".1"]
    text = stem + rng.choice(ends)
    try:
        Version(text)
    except InvalidVersion:
        return version(rng)
    return text


def difference_of(*texts):
    """The intended difference that a case may show, according to its texts."""
    numbers = [int(run) for text in texts for run in re.findall(r"[0-9]+", text)]
    development = [int(run) for text in texts for run in re.findall(r"(?i)dev[-_.]?([0-9]+)", text)]
    is_limit = any(number >= 2**64 for number in numbers) or any(number == 2**64 - 1 for number in development)
    return "D-u64" if is_limit else None


def is_spelled(clause):
    """Whether a clause is `~=` and a version that is not in normal form."""
    text = clause.strip().removeprefix("~=").strip()
    return clause.strip().startswith("~=") and is_version(text) and str(Version(text)) != text


def theirs(version, questions):
    folder = installed(f"packaging-{version}", [f"packaging=={version}"])
    text = "".join(f"{json.dumps(question)}\n" for question in questions)
    worker = command(HERE / "packaging_worker.py")
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(worker, env=environment, input=text, stdout=subprocess.PIPE, check=True, encoding="utf-8")
    answers = done.stdout.removesuffix("\n").split("\n")
    assert len(answers) == len(questions), (len(answers), len(questions))
    return answers


def compared(report, area, questions, has_limits=True):
    found = ask(questions)
    for version in PACKAGING:
        for question, expected, ours in zip(questions, theirs(version, questions), found):
            difference = difference_of(*question[1:]) if has_limits else None
            if version == "26.2" and any(map(is_spelled, question[1].split(","))):
                difference = difference or "D-compatible-262"
            report.compare(f"{area} (packaging {version})", question[1:], expected, ours, difference)


def is_version(text):
    try:
        return bool(Version(text))
    except InvalidVersion:
        return False


def versions(report, rng):
    texts = [rng.choice(SPACES) + version(rng) + rng.choice(SPACES) for _ in range(3000 * FACTOR)]
    texts += [broken(rng, text) for text in texts[: 1500 * FACTOR]]
    compared(report, "versions", [("version", text) for text in texts])
    valid = [text for text in texts if is_version(text)]
    pairs = [*pairwise(valid), *((text, text.upper() + ".0") for text in valid[:200])]
    pairs += [(text, near(rng, text)) for text in valid[: 1000 * FACTOR]]
    pairs = [pair for pair in pairs if all(is_version(text) for text in pair)]
    compared(report, "order", [("compare", *pair) for pair in pairs])


def acceptance(report, rng):
    """Which sets are valid, whatever the size of their numbers."""
    sets = [",".join(clause(rng, big=0.1) for _ in range(rng.choice([1, 1, 1, 2, 3]))) for _ in range(6000 * FACTOR)]
    sets += [broken(rng, text) for text in sets[: 3000 * FACTOR]]
    compared(report, "acceptance", [("accepts", text) for text in sets], has_limits=False)


def containment(report, rng):
    cases = []
    for _ in range(6000 * FACTOR):
        count = rng.choice([0, 1, 1, 1, 1, 2, 2, 3])
        text = ",".join(clause(rng) for _ in range(count))
        cases.append(("contains", text, near(rng, text), rng.choice(RULES)))
    compared(report, "containment", cases)


def filters(report, rng):
    cases = []
    for _ in range(1500 * FACTOR):
        text = ",".join(clause(rng) for _ in range(rng.choice([0, 1, 1, 2])))
        candidates = [near(rng, text) for _ in range(rng.randint(0, 5))]
        cases.append(("filter", text, rng.choice(RULES), *candidates))
    compared(report, "filter", cases)


def run(report):
    rng = random.Random(int(os.environ.get("PYPI_VERSIONING_SEED", "440")))
    versions(report, rng)
    acceptance(report, rng)
    containment(report, rng)
    filters(report, rng)


if __name__ == "__main__":
    import sys

    from report import Report

    only = Report(HERE.parent.parent / "docs" / "versioning.md")
    run(only)
    only.listed = set(only.seen)
    sys.exit(only.finish())
