"""Index servers that a test may publish to: their start, a thousand uploads, and the memory of what they store."""

import base64
import hashlib
import http.client
import json
import os
import pathlib
import runpy
import shutil
import statistics
import subprocess
import time
import urllib.parse

import wheels

PROJECTS, VERSIONS = 100, 10
USER, PASSWORD = "bench", "bench-password"
BOUNDARY = "b6a8f1c2"
PAGE = os.sysconf("SC_PAGE_SIZE")
TICK = os.sysconf("SC_CLK_TCK")


class Server:
    """A server process, from its start to the end of the block."""

    def __init__(self, command, folder, upload_url=None, simple_url=None):
        self.log = open(pathlib.Path(folder, "log"), "w+")
        started = time.monotonic()
        output = self.log if upload_url else subprocess.PIPE
        environment = {name: os.environ[name] for name in ("HOME", "LANG", "PATH") if name in os.environ}
        self.process = subprocess.Popen(command, stdout=output, stderr=self.log, env=environment, text=True)
        self.login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        self.upload_url, self.simple_url = upload_url, simple_url
        if not upload_url:
            self.read_urls()
        self.await_answer(started)
        self.start = time.monotonic() - started
        self.memory_at_start = self.memory()

    def read_urls(self):
        """Our command prints where it is reached, and a token, as JSON."""
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        printed = json.loads("".join(lines))
        self.upload_url, self.simple_url = printed["upload_url"], printed["simple_url"]
        self.login = base64.b64encode(f"{printed['user']}:{printed['token']}".encode()).decode()

    def await_answer(self, started):
        """Until the list of projects is answered."""
        url = urllib.parse.urlsplit(self.simple_url)
        while time.monotonic() - started < 120:
            assert self.process.poll() is None, pathlib.Path(self.log.name).read_text()
            connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
            try:
                connection.request("GET", url.path)
                if connection.getresponse().status == 200:
                    return
            except OSError:
                time.sleep(0.001)
            finally:
                connection.close()
        raise AssertionError(f"no answer from {self.simple_url}")

    def memory(self):
        """What is resident, in bytes."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * PAGE

    def cpu(self):
        """User and system time, in seconds."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def upload(self, forms):
        """Sends the forms on one connection; returns the wall time and the server's CPU time."""
        cpu, start = self.cpu(), time.monotonic()
        url = urllib.parse.urlsplit(self.upload_url)
        headers = {"Authorization": f"Basic {self.login}", "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=60)
        for form in forms:
            connection.request("POST", url.path, form, headers)
            reply = connection.getresponse()
            body = reply.read()
            assert reply.status == 200, (reply.status, body[:500])
        connection.close()
        return time.monotonic() - start, self.cpu() - cpu

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()


class Servers:
    """The servers that take turns, each started anew in an empty folder."""

    def __init__(self, root, ours, folder):
        script = runpy.run_path(str(root / ".ci" / "interop.d" / "other-indexes"))
        script["install_servers"]()
        self.tool, self.free_port, self.folder, self.ours = script["tool"], script["free_port"], folder, ours
        self.prepared = folder / "devpi"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self.prepare_devpi()

    def prepare_devpi(self):
        """A state of devpi with one empty index, which every start copies."""
        run(self.tool("devpi-init"), "--serverdir", self.prepared, "--root-passwd", PASSWORD)
        port, client = self.free_port(), self.folder / "client"
        with self.devpi(self.prepared, port):
            for arguments in (
                ["use", f"http://127.0.0.1:{port}/"],
                ["login", "root", "--password", PASSWORD],
                ["user", "-c", USER, f"password={PASSWORD}"],
                ["login", USER, "--password", PASSWORD],
                ["index", "-c", "dev", "bases=", "volatile=False"],
            ):
                run(self.tool("devpi"), *arguments, "--clientdir", client)

    def devpi(self, data, port, path=""):
        command = [self.tool("devpi-server"), "--serverdir", data, "--host", "127.0.0.1", "--port", str(port), "--offline-mode"]
        url = f"http://127.0.0.1:{port}/{path}"
        return Server(command, self.folder, url, f"{url}+simple/" if path else f"{url}+api")

    def start(self, name):
        """A server in an empty folder."""
        data = self.folder / "data"
        shutil.rmtree(data, ignore_errors=True)
        if name == "ours":
            return Server([self.ours, "local-index", "--json"], self.folder)
        if name == "ours, kept in a folder":
            return Server([self.ours, "local-index", "--json", "--dir", data], self.folder)
        port = self.free_port()
        if name == "pypiserver":
            data.mkdir()
            command = [self.tool("pypi-server"), "run", "-i", "127.0.0.1", "-p", str(port), "-P", ".", "-a", ".", data]
            return Server(command, self.folder, f"http://127.0.0.1:{port}/", f"http://127.0.0.1:{port}/simple/")
        shutil.copytree(self.prepared, data)
        return self.devpi(data, port, f"{USER}/dev/")


NAMES = ["ours", "ours, kept in a folder", "pypiserver", "devpi"]
# It takes minutes.
ONCE = ["devpi"]


def measure(root, ours, folder, rounds):
    """A row per server. Every round has each server once, but the slow ones only the first."""
    servers = Servers(root, ours, folder)
    made = [form(files) for files in small_wheels()]
    taken = {name: [] for name in NAMES}
    for number in range(rounds):
        for name in NAMES:
            if number == 0 or name not in ONCE:
                taken[name].append(once(servers, name, made))
    shutil.rmtree(folder)
    return [row(name, taken) for name in NAMES]


def once(servers, name, made):
    with servers.start(name) as server:
        wall, cpu = server.upload(made)
        per_file = (server.memory() - server.memory_at_start) / len(made)
    return {"start": server.start, "wall": wall, "cpu": cpu, "memory": server.memory_at_start, "per_file": per_file}


def row(name, taken):
    """The medians of a server, and the medians of the ratios of ours to it, each of the same round."""
    results = taken[name]
    medians = {key: statistics.median(result[key] for result in results) for key in results[0]}
    for key in ("start", "wall", "cpu"):
        pairs = zip(taken[NAMES[0]], results)
        medians[f"{key}_ratio"] = statistics.median(first[key] / other[key] for first, other in pairs)
    return {**medians, "tool": name}


def small_wheels():
    """Wheels of about 2 kB, as (project, version, file name, bytes)."""
    for project in range(PROJECTS):
        for version in range(VERSIONS):
            yield wheels.small(f"bench_{project}", f"1.{version}")


def form(file):
    """An upload as twine sends it, without what a server need not know."""
    project, version, name, content = file
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.4",
        "name": project.replace("_", "-"),
        "version": version,
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "sha256_digest": hashlib.sha256(content).hexdigest(),
    }
    head = "".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n' for field, value in fields.items()
    )
    file_head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return (head + file_head).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)
