"""Writes what an installed project contains to a file, as JSON. Runs none of its code.

Arguments: the name of the project, and the file.
"""

import importlib.metadata
import inspect
import json
import sys

LONGEST = 100


def modules(files):
    """The shortest dotted names that can be imported: packages with __init__, and modules outside of them."""
    packages, found = set(), set()
    for file in files:
        *folders, name = file.parts
        module = inspect.getmodulename(name)
        if not module or not all(part.isidentifier() for part in [*folders, module]):
            continue
        if module == "__init__":
            packages.add(tuple(folders))
        elif module != "__main__":
            found.add((*folders, module))
    names = packages | found
    inside = lambda name: any(name[:end] in packages for end in range(1, len(name)))
    return sorted(".".join(name) for name in names if name and not inside(name))


def scripts(distribution):
    points = [point for point in distribution.entry_points if point.group == "console_scripts"]
    return sorted({point.name for point in points if "[" not in point.value})


distribution = importlib.metadata.distribution(sys.argv[1])
found = {
    "version": distribution.version,
    "requires": distribution.requires or [],
    "modules": modules(distribution.files or [])[:LONGEST],
    "scripts": scripts(distribution)[:LONGEST],
}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(found, file)
