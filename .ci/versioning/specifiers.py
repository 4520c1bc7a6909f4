"""Versions and specifiers against `packaging`."""

import random
import re
from itertools import pairwise

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from report import ask

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
    digits = [int(run) for text in texts for run in re.findall(r"[0-9]+", text)]
    return "D-u64" if any(value >= 2**64 - 1 for value in digits) else None


def describe(text):
    try:
        parsed = Version(text)
    except InvalidVersion:
        return "error"
    epoch = f"{parsed.epoch}!" if parsed.epoch else ""
    base = epoch + ".".join(map(str, parsed.release))
    flags = [parsed.is_prerelease, parsed.is_postrelease, parsed.is_devrelease]
    words = ["yes" if flag else "no" for flag in flags]
    return " ".join([str(parsed), parsed.public, base, parsed.local or "", *words])


def versions(report, rng):
    texts = [rng.choice(SPACES) + version(rng) + rng.choice(SPACES) for _ in range(3000)]
    texts += [broken(rng, text) for text in texts[:1500]]
    for text, ours in zip(texts, ask([("version", text) for text in texts])):
        report.compare("versions", repr(text), describe(text), ours, difference_of(text))
    valid = [text for text in texts if describe(text) != "error"]
    pairs = [*pairwise(valid), *((text, text.upper() + ".0") for text in valid[:200])]
    pairs = [pair for pair in pairs if all(describe(text) != "error" for text in pair)]
    for (a, b), ours in zip(pairs, ask([("compare", *pair) for pair in pairs])):
        x, y = Version(a), Version(b)
        theirs = "Less" if x < y else "Greater" if x > y else "Equal"
        report.compare("order", (a, b), theirs, ours, difference_of(a, b))


RULES = {"default": None, "allow": True, "deny": False}


def acceptance(report, rng):
    """Which sets are valid, whatever the size of their numbers."""
    sets = [",".join(clause(rng, big=0.1) for _ in range(rng.choice([1, 1, 1, 2, 3]))) for _ in range(6000)]
    sets += [broken(rng, text) for text in sets[:3000]]
    for text, ours in zip(sets, ask([("accepts", text) for text in sets])):
        try:
            SpecifierSet(text)
            theirs = "true"
        except InvalidSpecifier:
            theirs = "false"
        report.compare("acceptance", repr(text), theirs, ours)


def containment(report, rng):
    cases = []
    for _ in range(6000):
        count = rng.choice([0, 1, 1, 1, 1, 2, 2, 3])
        text = ",".join(clause(rng) for _ in range(count))
        cases.append((text, near(rng, text), rng.choice(list(RULES))))
    for case, ours in zip(cases, ask([("contains", *case) for case in cases])):
        text, candidate, rule = case
        try:
            parsed = Version(candidate)
            theirs = str(SpecifierSet(text).contains(parsed, prereleases=RULES[rule])).lower()
        except (InvalidSpecifier, InvalidVersion, AssertionError):
            theirs = "error"
        report.compare("containment", case, theirs, ours, difference_of(text, candidate))


def filters(report, rng):
    cases = []
    for _ in range(1500):
        text = ",".join(clause(rng) for _ in range(rng.choice([0, 1, 1, 2])))
        candidates = [near(rng, text) for _ in range(rng.randint(0, 5))]
        cases.append((text, rng.choice(list(RULES)), *candidates))
    for case, ours in zip(cases, ask([("filter", *case) for case in cases])):
        text, rule, *candidates = case
        try:
            parsed = [Version(candidate) for candidate in candidates]
            found = SpecifierSet(text).filter(parsed, prereleases=RULES[rule])
            theirs = " ".join(map(str, found))
        except (InvalidSpecifier, InvalidVersion, AssertionError):
            theirs = "error"
        report.compare("filter", case, theirs, ours, difference_of(text, *candidates))


def run(report):
    rng = random.Random(440)
    versions(report, rng)
    acceptance(report, rng)
    containment(report, rng)
    filters(report, rng)
