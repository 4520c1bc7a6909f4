"""Tests of a tool that publishes, with pytest. The tool is twine here: run your own instead.

    pip install pypi-release pytest twine
    pytest test_with_pytest.py

The index runs once for all tests, and is reset before each of them.
"""

import json
import os
import subprocess
import sys
import urllib.request
import zipfile

import pytest


class Index:
    """`pypi-release local-index`, and its control."""

    def __init__(self, *arguments):
        command = ["pypi-release", "local-index", "--json", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        self.started = json.loads("".join(lines))

    def control(self, method, path, body=None):
        request = urllib.request.Request(
            self.started["control"]["url"] + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": "Bearer " + self.started["control"]["secret"]},
        )
        with urllib.request.urlopen(request) as response:
            return json.load(response)

    def uploads(self):
        requests = self.control("GET", "requests")["requests"]
        return [request for request in requests if request["route"] == "upload"]

    def publish(self, wheel, **variables):
        """Runs the tool under test."""
        command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar", str(wheel)]
        environment = {**os.environ, **self.started["client_environment"], **variables}
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def stop(self):
        self.process.terminate()  # it closes its connections and exits with 0
        assert self.process.wait() == 0
        self.process.stdout.close()


@pytest.fixture(scope="session")
def running():
    index = Index()
    yield index
    index.stop()


@pytest.fixture
def index(running):
    running.control("POST", "reset")
    return running


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "demo-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo.py", "")
        archive.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        archive.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("demo-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in archive.namelist()))
    return path


def test_a_wheel_is_published_with_its_metadata(index, wheel):
    assert index.publish(wheel).returncode == 0
    [upload] = index.uploads()
    fields = {field["name"]: field for field in upload["fields"]}
    assert (upload["status"], upload["method"]) == (200, "POST")
    assert (fields["name"]["value"], fields["version"]["value"]) == ("demo", "1.0")
    assert fields["content"]["filename"] == wheel.name
    [file] = index.control("GET", "files")["files"]
    assert file["sha256"] == fields["content"]["sha256"]


def test_a_busy_index_is_asked_again(index, wheel):
    busy = {"answer": {"status": 503, "body": "busy"}}
    index.control("POST", "faults", {"on": "upload", "first": 1, "last": 1, "effects": [busy]})
    assert index.publish(wheel).returncode == 0
    assert [upload["status"] for upload in index.uploads()] == [503, 200]


def test_after_a_lost_response_the_same_file_is_accepted(index, wheel):
    lost = {"on": "upload", "first": 1, "last": 1, "effects": [{"cut": "after-commit"}]}
    index.control("POST", "faults", lost)
    index.publish(wheel)
    assert index.publish(wheel).returncode == 0
    first, *_, last = index.uploads()
    assert first["cut"] and first["status"] is None
    assert last["status"] == 200


def test_a_token_that_is_too_old_is_refused(index, wheel):
    job = {"repository": "octo-org/demo", "workflow": "release.yml"}
    id_token = index.control("POST", "id-token", {"job": job, "audience": "pypi"})["token"]
    exchange = urllib.request.Request(
        index.started["url"] + "_/oidc/mint-token", data=json.dumps({"token": id_token}).encode()
    )
    with urllib.request.urlopen(exchange) as response:
        token = json.load(response)["token"]
    index.control("POST", "clock", {"advance": 901})
    ran = index.publish(wheel, TWINE_PASSWORD=token)
    assert ran.returncode != 0
    [upload] = index.uploads()
    assert upload["status"] == 403
    assert "token is expired" in upload["message"]


def test_uploads_can_be_switched_off(index, wheel):
    assert index.control("POST", "flags", {"uploads": True})["flags"]["uploads"]
    assert index.publish(wheel).returncode != 0
    index.control("POST", "flags", {"uploads": False})
    assert index.publish(wheel).returncode == 0
