#!/usr/bin/env python3
"""Uploads the same files with our command, its peers and the least that an upload can cost, in turn, to a sink.

Builds the command and the sink, makes the files under target/bench (1.1 GB), and installs the peers into target/interop
as .ci/interop does. Needs curl and python3 with venv. Everything is sent to 127.0.0.1.
"""

import argparse
import json
import os
import pathlib
import re
import runpy
import subprocess
import sys

sys.dont_write_bytecode = True

import indexes
import measure
import page
import wheels
from cases import Tools, cases

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "target" / "bench"
RELEASE = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release"
NAMES = ["10kB", "10kB-tls", "1GB", "100x1MB", "100x1MB-150ms", "memory", "benches", "indexes"]
LINE = re.compile(r"^(.+): ([\d.]+) ms, (.+) ([\d.]+) ms, ratio ([\d.]+)$", re.MULTILINE)
WITH_READS = ["1GB", "100x1MB"]
BENCHES = ["metadata", "version_git", "version_parse", "version_specifiers"]


def main():
    options = arguments()
    install_tools = runpy.run_path(str(ROOT / ".ci" / "interop"))["install_tools"]
    binaries = pathlib.Path(install_tools()).parent
    # Not in one command: what `benches` depends on must not add features to the command that is measured.
    for package in ("pypi-release", "benches"):
        run("cargo", "build", "--quiet", "--release", "--locked", "--bins", "--package", package)
    files = wheels.make(FOLDER / "dist")
    ours, floor = str(RELEASE / "pypi-release"), str(RELEASE / "floor")
    uv, twine = str(binaries / "uv"), str(binaries / "twine")

    results = {"machine": machine(ours, uv, twine), "cases": {}}
    print(results["machine"], flush=True)
    bench = measure.Bench(str(RELEASE / "sink"), FOLDER)
    try:
        runs = cases(Tools(ours, floor, uv, twine, options.tool), files)
        for name in options.case or NAMES:
            if name == "benches":
                rows = benches(FOLDER / "dist" / "100x1MB", twine)
            elif name == "indexes":
                rows = indexes.measure(ROOT, ours, FOLDER / "indexes", options.rounds)
            else:
                rows = bench.case(runs[name], options.rounds, options.reads and name in WITH_READS)
            results["cases"][name] = rows
            print(f"\n{name}\n\n{page.table(name, rows)}", flush=True)
            if options.json:
                options.json.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    finally:
        bench.close()
    if options.write:
        tree = subprocess.run([ROOT / ".ci" / "tree"], stdout=subprocess.PIPE, text=True, check=True).stdout
        page.write(ROOT / "docs", results, tree)


def arguments():
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="benches/peers", description=__doc__, formatter_class=form)
    parser.add_argument("--case", action="append", choices=NAMES, help="default: all")
    parser.add_argument("-n", dest="rounds", type=int, default=5, help="rounds that count, after one that does not (default: 5)")
    tool = "another peer: a command with the words {url} and {files}"
    parser.add_argument("--tool", action="append", default=[], type=named, metavar="NAME=COMMAND", help=tool)
    reads = f"count the bytes read from the files too, under strace, for {' and '.join(WITH_READS)}"
    parser.add_argument("--reads", action="store_true", help=reads)
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every measurement to this file")
    parser.add_argument("--write", action="store_true", help="replace the tables of these cases in docs/performance.md, and their charts")
    return parser.parse_args()


def named(text):
    name, equals, command = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=COMMAND")
    return name, command


def benches(dist, twine):
    """Runs the benches that send nothing, and returns what they print."""
    rows = []
    for name in BENCHES:
        extra = [str(dist), twine] if name == "metadata" else []
        output = run("cargo", "bench", "--quiet", "--locked", "--package", "benches", "--bench", name, "--", *extra)
        for what, time, peer, peer_time, ratio in LINE.findall(output):
            rows.append({"what": what, "time": float(time), "peer": peer, "peer_time": float(peer_time), "ratio": float(ratio)})
    return rows


def machine(ours, *tools):
    """The machine and the versions, on one line."""
    cpu = re.search(r"model name\s*: (.*)", pathlib.Path("/proc/cpuinfo").read_text())
    gigabytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    versions = [run(tool, "--version").split("\n")[0] for tool in (ours, "rustc", "curl", *tools)]
    short = [re.match(r"\S+(?: version)? [\w.+-]+", version)[0].replace(" version", "") for version in versions]
    load = os.getloadavg()[0]
    system = f"{os.uname().sysname} {os.uname().release}"
    name = cpu[1] if cpu else os.uname().machine
    hardware = f"{os.cpu_count()} cores ({name}), {gigabytes:.0f} GB, {system}, load {load:.1f} at the start"
    note = "" if measure.has_time() else f"; without {measure.TIME}, so peak memory is at least that of the driver"
    return f"{hardware}; {', '.join(short)}{note}"


def run(*command):
    return subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
