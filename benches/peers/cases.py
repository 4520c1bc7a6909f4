"""Which tools upload which files to what kind of server."""

import shlex
from typing import Callable, NamedTuple


class Run(NamedTuple):
    """A tool in a case."""

    name: str
    command: Callable  # of the upload URL and the files
    environment: dict
    files: list
    floor: str  # the run that it is compared with
    is_tls: bool = False
    latency: int = 0  # milliseconds from the end of a request to its reply


class Tools:
    """The commands of each tool."""

    def __init__(self, ours, floor, uv, twine, others):
        self.paths = ours, floor, uv, twine
        self.others = others

    def peers(self, files, **server):
        """The tools that do not upload in parallel, and those given on the command line."""
        is_job = server.get("is_tls", False)
        return [
            Run("curl", curl, {}, files, "floor", **server),
            self.uv(files, is_job, **server),
            self.twine(files, **server),
            *(Run(name, template(text), {}, files, "floor", **server) for name, text in self.others),
        ]

    def uv(self, files, is_job, **server):
        when = "always" if is_job else "never"
        command = [self.paths[2], "publish", "--no-config", "--trusted-publishing", when, "--publish-url"]
        environment = JOB if is_job else {"UV_PUBLISH_TOKEN": TOKEN}
        return Run("uv", lambda url, files: [*command, url, *files], environment, files, "floor", **server)

    def twine(self, files, **server):
        command = [self.paths[3], "upload", "--non-interactive", "--disable-progress-bar", "--repository-url"]
        environment = {"TWINE_USERNAME": "__token__", "TWINE_PASSWORD": TOKEN}
        return Run("twine", lambda url, files: [*command, url, *files], environment, files, "floor", **server)

    def ours(self, files, jobs=None, floor="floor", name="ours", is_job=False, **server):
        command = [self.paths[0], "publish"]
        if jobs:
            command += ["--jobs", str(jobs)]
            name = f"{name}, {jobs} jobs" if jobs > 1 else f"{name}, 1 job"
        if not is_job:
            command += ["--token-env", "BENCH_TOKEN"]
        environment = JOB if is_job else {"BENCH_TOKEN": TOKEN}
        command += ["--index"]
        return Run(name, lambda url, files: [*command, url, *files], environment, files, floor, **server)

    def floor(self, files, jobs=1, **server):
        name = "floor" if jobs == 1 else f"floor, {jobs} connections"
        command = [self.paths[1], str(jobs)]
        return Run(name, lambda url, files: [*command, url, *files], {}, files, name, **server)


def cases(tools, files):
    """The runs of each case, in the order in which they take turns."""
    one, big, many = files["10kB"], files["1GB"], files["100x1MB"]

    def parallel(**server):
        runs = [*tools.peers(many, **server), tools.ours(many, 1, **server), tools.floor(many, **server)]
        for jobs in (4, 8):
            floor = tools.floor(many, jobs, **server)
            runs += [tools.ours(many, jobs, floor.name, **server), floor]
        return runs

    return {
        "10kB": [*tools.peers(one), tools.ours(one), tools.floor(one)],
        "10kB-tls": [
            *tools.peers(one, is_tls=True),
            tools.ours(one, is_job=True, is_tls=True),
            tools.floor(one, is_tls=True),
        ],
        "1GB": [*tools.peers(big), tools.ours(big), tools.floor(big)],
        "100x1MB": parallel(),
        "100x1MB-150ms": parallel(latency=150),
        "memory": [
            tools.ours(big, name="1 GB"),
            tools.ours(big, name="1 GB over TLS", is_tls=True),
            tools.ours(many, 8, name="100 × 1 MB"),
            tools.ours(many, 8, name="100 × 1 MB over TLS", is_tls=True),
        ],
    }


def curl(url, files):
    """One process and one connection: an upload per file, with constant digests."""
    fields = {
        ":action": "file_upload",
        "protocol_version": "1",
        "metadata_version": "2.4",
        "name": "upload-bench",
        "version": "1.0",
        "filetype": "bdist_wheel",
        "pyversion": "py3",
        "sha256_digest": "0" * 64,
    }
    form = [word for name, value in fields.items() for word in ("-F", f"{name}={value}")]
    command = ["curl"]
    for file in files:
        command += [] if command == ["curl"] else ["--next"]
        command += ["-sS", "--fail", "-o", "/dev/null", "-u", f"__token__:{TOKEN}"]
        command += [*form, "-F", f"content=@{file}", url]
    return command


def template(text):
    """A command given as text, with the words {url} and {files}."""

    def command(url, files):
        words = shlex.split(text)
        return [part for word in words for part in (files if word == "{files}" else [word.replace("{url}", url)])]

    return command


TOKEN = "pypi-AgEIcHlwaS5vcmc-bench"
# What makes a process a job of GitHub Actions; the sink is its provider of ID tokens.
JOB = {
    "GITHUB_ACTIONS": "true",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x",
    "ACTIONS_ID_TOKEN_REQUEST_URL": "{base}/id-token?job=1",
}
