"""Answers questions with the `packaging` on its path: one JSON array per line, one answer per line."""

import json
import sys

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

RULES = {"default": None, "allow": True, "deny": False}


def version(text):
    parsed = Version(text)
    epoch = f"{parsed.epoch}!" if parsed.epoch else ""
    base = epoch + ".".join(map(str, parsed.release))
    flags = [parsed.is_prerelease, parsed.is_postrelease, parsed.is_devrelease]
    words = ["yes" if flag else "no" for flag in flags]
    return " ".join([str(parsed), parsed.public, base, parsed.local or "", *words])


def compare(a, b):
    x, y = Version(a), Version(b)
    assert (x == y) == (hash(x) == hash(y)), "equal versions have equal hashes"
    return "Less" if x < y else "Greater" if x > y else "Equal"


def accepts(text):
    try:
        SpecifierSet(text)
    except InvalidSpecifier:
        return "false"
    return "true"


def contains(text, candidate, rule):
    return str(SpecifierSet(text).contains(Version(candidate), prereleases=RULES[rule])).lower()


def filtered(text, rule, *candidates):
    found = SpecifierSet(text).filter([Version(one) for one in candidates], prereleases=RULES[rule])
    return " ".join(map(str, found))


KINDS = {"version": version, "compare": compare, "accepts": accepts, "contains": contains, "filter": filtered}
for line in sys.stdin:
    kind, *fields = json.loads(line)
    try:
        print(KINDS[kind](*fields))
    except (InvalidSpecifier, InvalidVersion, AssertionError):
        print("error")
