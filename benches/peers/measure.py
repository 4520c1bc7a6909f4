"""Runs commands in turn and measures them."""

import json
import os
import pathlib
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

TIME = "/usr/bin/time"
READING = "openat,read,pread64,readv,preadv,preadv2,sendfile,splice,copy_file_range,mmap"


class Sink:
    """The server, in a process that ends with this one."""

    def __init__(self, command, authorities=None):
        arguments = [authorities] if authorities else []
        self.process = subprocess.Popen([command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self.process.stdout.readline().strip()
        self.context = ssl.create_default_context(cafile=authorities) if authorities else None

    def reset(self, latency):
        self.ask(f"/ctl?latency_ms={latency}", b"")

    def counts(self):
        return json.loads(self.ask("/stats", None))

    def ask(self, path, body):
        # Not through a proxy.
        handlers = [urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context)]
        with urllib.request.build_opener(*handlers).open(self.url + path, data=body, timeout=10) as reply:
            return reply.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()


class Bench:
    """Runs cases against a sink without TLS and one with."""

    def __init__(self, command, folder):
        self.authorities = str(pathlib.Path(folder, "authority.pem"))
        self.folder = folder
        self.sinks = {False: Sink(command), True: Sink(command, self.authorities)}

    def close(self):
        for sink in self.sinks.values():
            sink.close()

    def case(self, runs, rounds, with_reads):
        """A row per run. Every round has each run once; the first round does not count."""
        taken = {run.name: [] for run in runs}
        for number in range(rounds + 1):
            for run in runs:
                result = self.once(run)
                if number:
                    taken[run.name].append(result)
        rows = [row(run, taken) for run in runs]
        if with_reads:
            for run, result in zip(runs, rows):
                result["reads"] = self.bytes_read(run)
        return rows

    def once(self, run):
        """Runs a command to its end and returns what it cost."""
        sink = self.sinks[run.is_tls]
        sink.reset(run.latency)
        command, environment = self.prepared(run, sink)
        with tempfile.NamedTemporaryFile("r", dir=self.folder) as peak, tempfile.TemporaryFile(dir=self.folder) as output:
            # A small process in between: the peak of a child counts the memory of the process that it was forked from.
            wrapper = [TIME, "-q", "-o", peak.name, "-f", "%M"] if has_time() else []
            streams = {"stdin": subprocess.DEVNULL, "stdout": output, "stderr": output}
            start = time.monotonic()
            process = subprocess.Popen([*wrapper, *command], env=environment, **streams)
            _, status, usage = os.wait4(process.pid, 0)
            wall = time.monotonic() - start
            process.returncode = os.waitstatus_to_exitcode(status)
            counts = sink.counts()
            if process.returncode or counts["uploads"] != len(run.files):
                output.seek(0)
                sent = f"{counts['uploads']} of {len(run.files)} files sent"
                tail = output.read().decode(errors="replace")[-2000:]
                sys.exit(f"{run.name}: exit code {process.returncode}, {sent}\n{tail}")
            kilobytes = int(peak.read().split()[-1]) if wrapper else usage.ru_maxrss
        return {"wall": wall, "cpu": usage.ru_utime + usage.ru_stime, "memory": kilobytes * 1024, **counts}

    def prepared(self, run, sink):
        """The command and its whole environment: nothing of this machine's proxies, certificates and credentials."""
        environment = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
        if run.is_tls:
            environment.update(SSL_CERT_FILE=self.authorities, REQUESTS_CA_BUNDLE=self.authorities)
        environment.update({name: value.replace("{base}", sink.url) for name, value in run.environment.items()})
        return run.command(sink.url + "/legacy/", run.files), environment

    def bytes_read(self, run):
        """The bytes read from the files, as a multiple of their size; None where it cannot be seen."""
        if not shutil.which("strace"):
            return None
        sink = self.sinks[run.is_tls]
        sink.reset(run.latency)
        command, environment = self.prepared(run, sink)
        trace = pathlib.Path(self.folder, "trace")
        strace = [shutil.which("strace"), "-f", "-y", "-qq", "-e", f"trace={READING}", "-o", str(trace)]
        subprocess.run([*strace, *command], env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True)
        total = 0
        # A call that another thread interrupts takes two lines: the first has the file, the second the count.
        unfinished = {}
        with trace.open(errors="replace") as lines:
            for line in lines:
                thread = line.split(maxsplit=1)[0]
                if "resumed>" in line:
                    line = unfinished.pop(thread, "") + line
                elif line.rstrip().endswith("<unfinished ...>"):
                    unfinished[thread] = line.rstrip()
                    continue
                found = re.search(r" = (\d+)$", line.rstrip())
                if found and "openat(" not in line and ".whl>" in line:
                    mapped = re.search(r"mmap\([^,]*, (\d+)", line)
                    total += int(mapped[1] if mapped else found[1])
        trace.unlink()
        return total / sum(os.path.getsize(file) for file in run.files)


def row(run, taken):
    """The medians of a run, and the medians of its ratios to the floor of the same round."""
    results, floors = taken[run.name], taken.get(run.floor)
    medians = {key: statistics.median(result[key] for result in results) for key in results[0]}
    medians.update(tool=run.name, rounds=len(results))
    for key in ("wall", "cpu"):
        pairs = zip(results, floors or [])
        medians[f"{key}_ratio"] = statistics.median([ours[key] / floor[key] for ours, floor in pairs]) if floors else None
        medians[f"{key}_all"] = [round(result[key], 4) for result in results]
    return medians


def has_time():
    return os.access(TIME, os.X_OK)
