"""Results as Markdown, and their places in docs/performance.md."""

import re

import charts

RIGHT = "---:"


def table(case, rows):
    """The table of a case."""
    if case == "benches":
        columns = [
            ("", "---", lambda row: row["what"]),
            ("ours", RIGHT, lambda row: milliseconds(row["time"])),
            ("peer", "---", lambda row: row["peer"]),
            ("takes", RIGHT, lambda row: milliseconds(row["peer_time"])),
            ("ours / peer", RIGHT, lambda row: times(row["ratio"])),
        ]
    elif case == "indexes":
        columns = [
            ("index", "---", lambda row: row["tool"]),
            ("start to first answer", RIGHT, lambda row: seconds(row["start"])),
            ("1,000 uploads", RIGHT, lambda row: seconds(row["wall"])),
            ("CPU of the server", RIGHT, lambda row: seconds(row["cpu"])),
            ("memory at start", RIGHT, lambda row: megabytes(row["memory"])),
            ("memory per file", RIGHT, lambda row: f"{row['per_file'] / 1000:.1f} kB"),
            ("ours / its start", RIGHT, lambda row: times(row["start_ratio"])),
            ("ours / its uploads", RIGHT, lambda row: times(row["wall_ratio"])),
            ("ours / its CPU", RIGHT, lambda row: times(row["cpu_ratio"])),
        ]
    elif case == "memory":
        columns = [("files", "---", lambda row: row["tool"]), ("peak memory", RIGHT, lambda row: megabytes(row["memory"]))]
    else:
        columns = [
            ("tool", "---", lambda row: row["tool"]),
            ("wall", RIGHT, lambda row: seconds(row["wall"])),
            ("CPU", RIGHT, lambda row: seconds(row["cpu"])),
            ("peak memory", RIGHT, lambda row: megabytes(row["memory"])),
            ("connections", RIGHT, lambda row: f"{row['connections']:.0f}"),
            ("requests", RIGHT, lambda row: f"{row['requests']:.0f}"),
            ("at a time", RIGHT, lambda row: f"{row['parallel']:.0f}"),
            ("wall / floor", RIGHT, lambda row: times(row["wall_ratio"])),
            ("CPU / floor", RIGHT, lambda row: times(row["cpu_ratio"])),
        ]
    if any("reads" in row for row in rows):
        columns.append(("bytes read / size", RIGHT, lambda row: times(row.get("reads"))))
    lines = [[name for name, _, _ in columns], [side for _, side, _ in columns]]
    lines += [[cell(row) for _, _, cell in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def write(docs, results, tree):
    """Replaces what was measured in the page; cases that were not run stay as they are."""
    path = docs / "performance.md"
    text = path.read_text(encoding="utf-8")
    text = between(text, "machine", results["machine"])
    for case, rows in results["cases"].items():
        text = between(text, case, table(case, rows))
    values = holds(results["cases"], tree)
    place = re.compile(r"(?<=<!-- holds -->\n).*?(?=\n<!-- /holds -->)", re.DOTALL)
    text = place.sub(lambda old: with_values(old[0], values), text)
    path.write_text(text, encoding="utf-8")
    for name, chart in drawings(results["cases"]):
        (docs / "performance").mkdir(exist_ok=True)
        (docs / "performance" / name).write_text(chart, encoding="utf-8")


def between(text, name, new):
    pattern = re.compile(rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", re.DOTALL)
    assert pattern.search(text), f"docs/performance.md has no place for {name}"
    return pattern.sub(lambda _: new + "\n", text)


def with_values(rows, values):
    """The rows of the table of holds, with a new last cell where there is a value."""
    lines = []
    for line in rows.split("\n"):
        what, hold, _ = (cell.strip() for cell in line.strip("|").split(" | "))
        lines.append(f"| {what} | {hold} | {values[what]} |" if what in values else line)
    unknown = values.keys() - {line.strip("|").split(" | ")[0].strip() for line in rows.split("\n")}
    assert not unknown, f"docs/performance.md has no rows for {unknown}"
    return "\n".join(lines)


def holds(cases, tree):
    """What was measured of the numbers to hold, by the first cell of its row."""
    counts = dict((package, count) for count, package in re.findall(r"^(\d+) of at most \d+ crates: -p (\S+)$", tree, re.MULTILINE))
    values = {
        "crates of the facade, default features": counts["pypi-trusted-upload"],
        "crates of `pypi-metadata` with `pypi-versioning`": counts["pypi-metadata"],
        "HTTP, TLS or tokio in the facade without features": "none",
    }
    by_tool = {case: {row.get("tool"): row for row in rows} for case, rows in cases.items()}
    if rows := by_tool.get("1GB"):
        ours = rows["ours"]
        values["1 GB wheel"] = f"wall {ours['wall_ratio']:.2f} x, CPU {ours['cpu_ratio']:.2f} x"
        if ours.get("reads"):
            values["bytes read from the file"] = f"{ours['reads']:.2f} x"
    if rows := by_tool.get("memory"):
        for what, plain in {"one file": "1 GB", "8 jobs": "100 × 1 MB, 8 jobs"}.items():
            tls = plain.replace("B", "B over TLS")
            values[f"peak memory, {what}"] = f"{megabytes(rows[plain]['memory'])}; over TLS {megabytes(rows[tls]['memory'])}"
    if rows := by_tool.get("100x1MB-150ms"):
        four, eight = rows["ours, 4 jobs"], rows["ours, 8 jobs"]
        peers = [rows[name]["wall"] for name in ("curl", "uv", "twine")]
        walls = f"4 jobs {seconds(four['wall'])}, 8 jobs {seconds(eight['wall'])} (peers {seconds(min(peers))} to {seconds(max(peers))})"
        connections = f"{four['connections']:.0f} and {eight['connections']:.0f} connections"
        values["100 wheels of 1 MB at 150 ms"] = f"{walls}; {connections}"
    if rows := by_tool.get("10kB-tls"):
        ours, uv, twine = (seconds(rows[name]["cpu"]) for name in ("ours", "uv", "twine"))
        values["10 kB over TLS, start to end"] = f"{ours} of CPU (uv {uv}, twine {twine})"
    if "benches" in cases:
        values.update(of_benches({row["what"]: row for row in cases["benches"]}))
    return values


def of_benches(rows):
    def ratios(start):
        return ", ".join(f"{row['ratio']:.2f} x" for what, row in rows.items() if what.startswith(start))

    wheel = rows["METADATA of a 1024 MB wheel"]
    check = next(row for what, row in rows.items() if what.startswith("check the metadata of "))
    subject = check["what"].removeprefix("check the metadata of ")
    return {
        "METADATA of a 1 GB wheel": milliseconds(wheel["time"]),
        "METADATA of many wheels": f"{subject}: {milliseconds(check['time'])} (twine check {milliseconds(check['peer_time'])})",
        "version from git": ratios("version of a "),
        "PEP 440, against `pep440_rs`": f"parse {ratios('parse 5,000')}, compare {ratios('compare ')}, sort {ratios('sort ')}",
    }


def drawings(cases):
    """The charts as (file name, SVG)."""
    if rows := cases.get("1GB"):
        yield "1GB.svg", charts.bars("1 GB wheel: wall time", pairs(rows, "wall"), seconds)
        yield "memory.svg", charts.bars("1 GB wheel: peak memory", pairs(rows, "memory"), megabytes)
    if rows := cases.get("100x1MB-150ms"):
        title = "100 wheels of 1 MB, replies after 150 ms: wall time"
        yield "100x1MB-150ms.svg", charts.bars(title, pairs(rows, "wall"), seconds)


def pairs(rows, key):
    return [(row["tool"], row[key]) for row in rows]


def seconds(value):
    return f"{value * 1000:.0f} ms" if value < 0.9995 else f"{value:.2f} s" if value < 9.995 else f"{value:.1f} s"


def milliseconds(value):
    return f"{value:.2f} ms" if value < 10 else f"{value:.0f} ms"


def megabytes(value):
    return f"{value / 1e6:.1f} MB"


def times(value):
    return "" if value is None else f"{value:.2f}" if value >= 0.005 else "< 0.01"
