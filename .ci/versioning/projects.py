"""Random projects (histories, tags, branches, archives, configuration, variables) against both versions of setuptools-scm."""

import os
import random
import re
import subprocess
import sys
import tempfile
from collections import namedtuple
from pathlib import Path

from states import NOON, Repository

ROOT = Path(__file__).resolve().parent.parent.parent
COMMAND = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "debug" / "pypi-release"
REPOSITORIES = int(os.environ.get("PYPI_VERSIONING_PROJECTS", "60"))
CONFIGURATIONS = 6

ARCHIVAL = (
    "node: $Format:%H$\nnode-date: $Format:%cI$\ndescribe-name: $Format:%(describe:tags=true)$\nref-names: $Format:%D$\n"
)
# Tags that are read differently, by the name of the difference.
ODD = {
    "D-dot-required": ["v1", "build-5", "deploy-2024-01-15", "v20240115"],
    "D-tag-prefix": ["release-1.2.3", "demo-v2.1", "my-pkg-v1.2.3"],
    "D-tag-skipped": ["v1.0-final", "pkg@1.2.3", "deploy2", "1.0.x"],
}
BRANCHES = [
    "main", "main", "main", "feature/x", "me/feature-x", "fix-feature-flag", "1.2", "1.2.x", "v1.2.x", "release/1.2", "release-1.2.x",
    "stable/1.0.x", "1.0.x", "2.x", "1.2-rc", "dependabot/pip/foo-1.2.9", "release-24.7.1", "release-2024.1.15", "next",
]  # fmt: skip
SCHEMES = [
    "guess-next-dev", "no-guess-dev", "post-release", "only-version", "python-simplified-semver", "release-branch-semver",
    "calver-by-date",
]  # fmt: skip
LOCAL = ["node-and-date", "node-and-timestamp", "dirty-tag", "no-local-version"]

Made = namedtuple("Made", "path kind branch tags several")
Case = namedtuple("Case", "made scheme local fallback tag_table vcs_table variables")


def tag_name(rng):
    numbers = rng.choice(["1.2.{}", "1.0.{}", "0.{}", "2.{}.0", "1.2.3.{}", "24.1.{}", "2024.1.{}", "1!1.2.{}"]).format(rng.randint(0, 30))
    end = rng.choice(["", "", "", "", "a1", "rc1", "-rc.1", ".post1", ".dev0", ".dev3", "rc1.dev0", "+build.1"])
    return rng.choice(["v", "v", ""]) + numbers + end


def stream(rng):
    """A history for `git fast-import`, and its tags: those of each commit."""
    count, tags, lines = rng.randint(1, 12), [], []
    for number in range(1, count + 1):
        lines.append(f"commit refs/heads/main\nmark :{number}\ncommitter A <a@example.org> {NOON + 3600 * number} +0000\ndata 4\n{number:04}\n")
        lines.append(f"from :{number - 1}\n" if number > 1 else "")
        if number > 3 and rng.random() < 0.15:
            lines.append(f"merge :{number - rng.randint(2, 3)}\n")
        files = {"file": f"{number}\n", ".git_archival.txt": ARCHIVAL, ".gitattributes": ".git_archival.txt export-subst\n"}
        lines += [f"M 100644 inline {name}\ndata {len(text)}\n{text}\n" for name, text in files.items()]
        names = [tag_name(rng)] if rng.random() < 0.3 else []
        names += [tag_name(rng)] if rng.random() < 0.03 else []
        names += [rng.choice(ODD[rng.choice(list(ODD))])] if rng.random() < 0.03 else []
        names = [name for name in dict.fromkeys(names) if name not in sum(tags, [])]
        lines += [f"reset refs/tags/{name}\nfrom :{number}\n\n" for name in names]
        tags.append(names)
    return "".join(lines), tags


def made(rng, folder):
    repository = Repository(folder / "repository")
    text, tags = stream(rng)
    command = ["git", "fast-import", "--quiet", "--force"]
    subprocess.run(command, cwd=repository.path, input=text, text=True, check=True)
    branch = rng.choice(BRANCHES)
    repository.git("checkout", "--quiet", "-B", branch, "main")
    if len(tags) > 2 and rng.random() < 0.2:
        back = rng.randint(1, len(tags) - 1)
        tags = tags[: len(tags) - back]
        repository.git("checkout", "--quiet", "--detach", f"main~{back}")
        branch = "HEAD"
    kind = rng.choices(["checkout", "shallow", "no tags", "archive", "sdist", "folder"], [60, 8, 4, 14, 8, 6])[0]
    path = repository.path
    if kind in ("shallow", "no tags"):
        option = f"--depth={rng.randint(1, 4)}" if kind == "shallow" else "--no-tags"
        path, branch = repository.clone(option).path, branch if branch != "HEAD" else branch
    elif kind != "checkout":
        path = folder / "unpacked"
        path.mkdir()
        if kind == "archive":
            archive = subprocess.run(["git", "archive", "HEAD"], cwd=repository.path, stdout=subprocess.PIPE, check=True)
            subprocess.run(["tar", "x"], cwd=path, input=archive.stdout, check=True)
            if rng.random() < 0.3:
                archival = path / ".git_archival.txt"
                archival.write_text("".join(line for line in archival.read_text().splitlines(True) if not line.startswith("node:")))
        if kind == "sdist":
            (path / ".git_archival.txt").write_text(rng.choice([ARCHIVAL, "node: $Format:%H$\n", ""]))
        if kind == "sdist" or rng.random() < 0.2:
            version = rng.choice(["1.5", "2.0rc1", "1.0.dev3+gabcdef0", "UNKNOWN"])
            (path / "PKG-INFO").write_text(f"Metadata-Version: 2.1\nName: demo\nVersion: {version}\n")
    if rng.random() < 0.25 and (path / "file").exists():
        (path / "file").write_text("changed\n")
    if rng.random() < 0.1:
        (path / "untracked").write_text("x\n")
    reachable = [name for names in tags for name in names]
    return Made(path, kind, branch, reachable, any(len(names) > 1 for names in tags))


def metadata(rng):
    fields = {
        "distance": rng.choice(["0", "0", "4", "7", "'4'", "-1"]),
        "node": rng.choice(["'g1337beef'", "'ga0eb9acd9c9f2f5c3b3b0a3e3d5c5b8a1f0e2d4c'", "'1337beef'", "'main'"]),
        "dirty": rng.choice(["true", "false"]),
        "branch": rng.choice(["'feature/y'", "'1.2.x'", "'main'"]),
        "node_date": "2024-01-15",
        "time": "2024-03-01T12:00:00Z",
        "preformatted": "false",
        "tag": "'v3.0'",
        "nodes": "1",
    }
    weights = [6, 6, 4, 3, 2, 2, 1, 0.5, 0.5]
    names = dict.fromkeys(rng.choices(list(fields), weights, k=rng.randint(1, 3)))
    text = ", ".join(f"{name} = {fields[name]}" for name in names)
    return rng.choices([f"{{{text}}}", text.replace(", ", "\n"), f"{{{text}"], [70, 25, 5])[0]


def overrides(rng):
    keys = {"version_scheme": rng.choice(SCHEMES), "local_scheme": rng.choice(LOCAL), "fallback_version": "0.9"}
    names = dict.fromkeys(rng.choices(list(keys), k=rng.randint(1, 2)))
    return {name: keys[name] for name in names}


def case(rng, project):
    variables = {}
    name = lambda what: "SETUPTOOLS_SCM_" + what + rng.choice(["", "", "_FOR_DEMO", "_FOR_DEMO", "_FOR_demo", "_FOR_OTHER"])  # noqa: E731
    scheme, local, fallback = rng.choice([None, *SCHEMES]), rng.choice([None, *LOCAL]), rng.choice([None, None, None, "0.7"])
    if rng.random() < 0.06:
        variables[name("PRETEND_VERSION")] = rng.choice(["1.2.3", "v3.2.1", "1.0.dev4+g1a2b3c4", "latest", "1.0-rc.1"])
    if rng.random() < 0.2:
        variables[name("PRETEND_METADATA")] = metadata(rng)
    if rng.random() < 0.2:
        keys, variable = overrides(rng), name("OVERRIDES")
        pairs = [f"{key} = '{value}'" for key, value in keys.items()]
        variables[variable] = "{" + ", ".join(pairs) + "}" if rng.random() < 0.7 else "\n".join(pairs)
    if variables and rng.random() < 0.1:
        variables = {name.replace("SETUPTOOLS_SCM", "VCS_VERSIONING"): value for name, value in variables.items()}
    tag_table = rng.choice(["tag.prefix = 'v'", "tag.strict = true", "tag.strict = false", "tag.prefix = 'demo-'"]) if rng.random() < 0.08 else None
    return Case(project, scheme, local, fallback, tag_table, rng.random() < 0.06, variables)


def pyproject(case):
    table = "vcs-versioning" if case.vcs_table else "setuptools_scm"
    lines = ["[project]", "name = 'demo'", "dynamic = ['version']", f"[tool.{table}]"]
    keys = {"version_scheme": case.scheme, "local_scheme": case.local, "fallback_version": case.fallback}
    lines += [f"{key} = '{value}'" for key, value in keys.items() if value]
    return "\n".join([*lines, case.tag_table or "", ""])


def ours(case):
    environment = {**os.environ, **case.variables}
    command = [COMMAND, "version", "--root", case.made.path]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return done.stdout.strip() if done.returncode == 0 else "error"


def applying(case, what):
    """The variable that applies: named, for all, or with another spelling of the name."""
    for name in [f"{what}_FOR_DEMO", what, f"{what}_FOR_demo"]:
        for prefix in ["SETUPTOOLS_SCM_", "VCS_VERSIONING_"]:
            if prefix + name in case.variables:
                return case.variables[prefix + name]
    return None


def effective(case):
    """Scheme, branch and fallback version after the variables."""
    set_by = applying(case, "OVERRIDES") or ""
    found = lambda key, default, text=set_by: (re.findall(rf"{key} = '([^']*)'", text) or [default])[0]  # noqa: E731
    branch = found("branch", case.made.branch, applying(case, "PRETEND_METADATA") or "")
    return found("version_scheme", case.scheme or "guess-next-dev"), branch, found("fallback_version", case.fallback)


def differences(case, tool, theirs, found):
    """The intended differences that a case may show."""
    made, (scheme, branch, fallback) = case.made, effective(case)
    facts, version = applying(case, "PRETEND_METADATA"), applying(case, "PRETEND_VERSION")
    is_old = tool == "9.2.2"
    is_refused = found == "error"
    if facts and is_refused and re.search(r"'4'|-1|nodes|'main'|^\{[^}]*$|tag = ", facts):
        yield "D-metadata-refused"
    if facts and "tag = " in facts and theirs == "error":
        yield "D-metadata-tag"
    if facts and "'1337beef'" in facts:
        yield "D-metadata-g"
    if version:
        return
    if is_refused and made.kind == "shallow":
        yield "D-shallow"
    if is_refused and not fallback and made.kind in ("checkout", "no tags", "shallow"):
        if made.kind != "checkout" or not any(is_plain(tag) for tag in made.tags) or case.tag_table:
            yield "D-no-tag"
    if made.kind == "archive" and "tag.prefix" in (case.tag_table or ""):
        yield "D-tag-prefix"
    if is_refused and ".dev0+" in theirs + "+":
        yield "D-dev0-dirty"
    if "distance = 0" in (facts or "") and fallback and theirs.startswith(fallback):
        yield "D-metadata-base"
    for name, tags in ODD.items():
        if any(tag in tags for tag in made.tags):
            yield name
    if made.several:
        yield "D-highest-tag"
    semver = scheme in ("python-simplified-semver", "release-branch-semver")
    if semver and is_old and theirs != found:
        yield "D-scm9-semver"
    if semver and any("rc1.dev0" in tag for tag in made.tags):
        yield "D-semver-dev0"
    if scheme == "python-simplified-semver" and branch == "fix-feature-flag":
        yield "D-feature-branch"
    if scheme == "release-branch-semver" and branch.startswith("dependabot"):
        yield "D-release-branch"
    if scheme == "calver-by-date":
        if branch.startswith("release-"):
            yield "D-calver-branch"
        if any("!" in tag for tag in made.tags):
            yield "D-calver-epoch"
        if is_refused:
            yield "D-calver-order"
    if made.kind == "archive":
        if scheme == "calver-by-date" and theirs.startswith("24.6.15."):
            yield "D-archive-date"
        if is_refused and not any(map(is_plain, made.tags)):
            yield "D-archive-tag"
        if theirs.startswith(("0.0", "error")):
            yield "D-archive-tag"
        if len(theirs) < len(found) and found.startswith(theirs):
            yield "D-archive-node"


def is_plain(tag):
    return not any(tag in tags for tags in ODD.values())


def compared(report, tools, case, found):
    question = {"root": str(case.made.path), "variables": case.variables}
    for tool in tools:
        other = any(name.startswith("VCS_") for name in case.variables)
        if tool.version == "9.2.2" and (case.tag_table or case.vcs_table or other):
            continue  # keys, a table and variables that only the newer one knows
        theirs = tool.ask(question)
        names = differences(case, tool.version, theirs, found) if theirs != found else iter(())
        label = (case.made.kind, case.made.branch, case.made.tags, *case[1:])
        report.compare(f"projects (setuptools-scm {tool.version})", label, theirs, found, next(names, None))


def fixed(folder):
    """One case for each difference that random ones may not show."""
    for kind, tags in [("checkout", ["v1.2.3"]), ("checkout", []), ("checkout", ["v1.2.dev0"]), ("archive", ["v1.2.3"]), ("archive", [])]:
        name = f"{kind}-{'-'.join(tags)}"
        repository = Repository(folder / name / "repository").commit()
        (repository.path / ".git_archival.txt").write_text(ARCHIVAL)
        (repository.path / ".gitattributes").write_text(".git_archival.txt export-subst\n")
        repository.git("add", "--all")
        repository.commit().tag(*tags).commit(2 if kind == "archive" else 0)
        path = repository.path
        if kind == "archive":
            path = folder / name / "unpacked"
            path.mkdir()
            archive = subprocess.run(["git", "archive", "HEAD"], cwd=repository.path, stdout=subprocess.PIPE, check=True)
            subprocess.run(["tar", "x"], cwd=path, input=archive.stdout, check=True)
        elif tags == ["v1.2.dev0"]:
            repository.dirty()
        project = Made(path, kind, "main", tags, False)
        values = ["{distance = 0}", "{tag = 'v3.0'}", "{distance = 1, node = '1337beef'}", "{nodes = 1}", None]
        for scheme in ["guess-next-dev", "calver-by-date"]:
            for value in values:
                variables = {"SETUPTOOLS_SCM_PRETEND_METADATA": value} if value else {}
                yield Case(project, scheme, None, "0.7" if kind == "checkout" else None, None, False, variables)


def run(report, tools):
    environment = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    os.environ.update(environment)
    subprocess.run(["cargo", "build", "--quiet", "--locked", "-p", "pypi-release"], cwd=ROOT, check=True)
    rng = random.Random(int(os.environ.get("PYPI_VERSIONING_SEED", "440")))
    with tempfile.TemporaryDirectory() as folder:
        for asked in fixed(Path(folder).resolve()):
            (asked.made.path / "pyproject.toml").write_text(pyproject(asked))
            compared(report, tools, asked, ours(asked))
    for _ in range(REPOSITORIES):
        with tempfile.TemporaryDirectory() as folder:
            project = made(rng, Path(folder).resolve())
            for _ in range(CONFIGURATIONS):
                asked = case(rng, project)
                (project.path / "pyproject.toml").write_text(pyproject(asked))
                compared(report, tools, asked, ours(asked))


if __name__ == "__main__":
    from report import Report
    from scm import both

    os.environ["SOURCE_DATE_EPOCH"] = "1718452800"
    only = Report(ROOT / "docs" / "versioning.md")
    run(only, both())
    only.listed = set(only.seen)
    sys.exit(only.finish())
