"""The nearest tag of random histories, with merges and wrong clocks, against `git describe`."""

import random
import subprocess
import tempfile
from pathlib import Path

from report import ask
from states import NOON, Repository

CLOCKS = {
    "rising": lambda rng, number: NOON + 60 * number,
    "equal": lambda rng, number: NOON,
    "wrong": lambda rng, number: NOON + rng.randint(-90_000, 90_000),
}


def stream(rng, clock):
    """A history for `git fast-import`: each commit has one or two of the latest as parents."""
    count = rng.randint(5, 60)
    for number in range(1, count + 1):
        parents = sorted({rng.randint(max(1, number - 4), number - 1) for _ in range(rng.choice([1, 1, 2]))}) if number > 1 else []
        words = ["from", "merge"]
        lines = "".join(f"{word} :{parent}\n" for word, parent in zip(words, parents))
        date = f"{CLOCKS[clock](rng, number)} +0000"
        yield f"commit refs/heads/main\nmark :{number}\ncommitter A <a@example.org> {date}\ndata 4\n{number:04}\n{lines}\n"
        if rng.random() < 0.25:
            yield f"reset refs/tags/v{rng.randint(0, 3)}.{number}\nfrom :{number}\n\n"


def made(rng, folder, clock):
    """Returns a repository, and the tag and distance according to git."""
    repository = Repository(folder)
    command = ["git", "fast-import", "--quiet", "--force"]
    subprocess.run(command, cwd=folder, input="".join(stream(rng, clock)), text=True, check=True)
    command = ["git", "describe", "--tags", "--abbrev=0"]
    described = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if described.returncode != 0:
        return folder, "error"
    tag = described.stdout.strip()
    return folder, f"{tag} {repository.git('rev-list', '--count', f'refs/tags/{tag}..HEAD')}"


def run(report):
    rng = random.Random(440)
    clocks = [clock for _ in range(100) for clock in CLOCKS]
    with tempfile.TemporaryDirectory() as folder:
        asked = [made(rng, Path(folder) / str(index), clock) for index, clock in enumerate(clocks)]
        answers = ask([("facts", repository) for repository, _ in asked])
        for clock, (repository, theirs), ours in zip(clocks, asked, answers):
            report.compare("histories (git describe)", (repository.name, clock), theirs, ours)
