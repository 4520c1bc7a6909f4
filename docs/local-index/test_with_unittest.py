"""Tests of a tool that publishes, with unittest. The tool is twine here: run your own instead.

    pip install pypi-release twine
    python -m unittest test_with_unittest

The index runs once for all tests, with a scenario, and is reset before each of them.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import urllib.error
import urllib.request
import zipfile

SCENARIO = """
publishes-any = false

[[user]]
name = "alice"

[token.alice]
user = "alice"

[token.only-other]
user = "alice"
projects = ["other"]

[[project]]
name = "demo"
members = ["alice"]

[[trust]]
project = "demo"
publisher = { kind = "github", repository = "octo-org/demo", workflow = "release.yml" }

[job.release]
repository = "octo-org/demo"
workflow = "release.yml"

[job.fork]
repository = "somebody/demo"
workflow = "release.yml"
"""


class Publishing(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        scenario = pathlib.Path(cls.folder.name, "scenario.toml")
        scenario.write_text(SCENARIO)
        cls.wheel = wheel(cls.folder.name)
        command = ["pypi-release", "local-index", "--json", "--scenario", str(scenario)]
        cls.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.stop)
        lines = []
        for line in cls.process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        cls.started = json.loads("".join(lines))

    @classmethod
    def stop(cls):
        cls.process.terminate()
        assert cls.process.wait() == 0
        cls.process.stdout.close()

    def setUp(self):
        self.control("POST", "reset")

    def control(self, method, path, body=None):
        control = self.started["control"]
        headers = {"Authorization": "Bearer " + control["secret"]}
        return fetch(control["url"] + path, method, body, headers)

    def publish(self, token):
        """Runs the tool under test."""
        command = [sys.executable, "-m", "twine", "upload", "--non-interactive", "--disable-progress-bar", self.wheel]
        environment = {**os.environ, **self.started["client_environment"], "TWINE_PASSWORD": token}
        return subprocess.run(command, env=environment, capture_output=True).returncode == 0

    def messages(self):
        requests = self.control("GET", "requests")["requests"]
        return [(request["status"], request["message"]) for request in requests]

    def mint(self, job):
        """Exchanges an ID token, which the job gets as on GitHub."""
        variables = self.started["jobs"][job]
        headers = {"Authorization": "Bearer " + variables["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]}
        id_token = fetch(variables["ACTIONS_ID_TOKEN_REQUEST_URL"] + "&audience=pypi", "GET", None, headers)
        return fetch(self.started["url"] + "_/oidc/mint-token", "POST", {"token": id_token["value"]}, {})["token"]

    def test_each_token_may_do_what_the_scenario_says(self):
        self.assertFalse(self.publish(self.started["tokens"]["only-other"]))
        [(status, message)] = self.messages()
        self.assertEqual((status, message.split(":")[0]), (403, "Invalid API Token"))
        self.assertTrue(self.publish(self.started["tokens"]["alice"]))

    def test_the_job_of_the_publisher_is_trusted_and_that_of_a_fork_is_not(self):
        self.assertTrue(self.publish(self.mint("release")))
        with self.assertRaises(urllib.error.HTTPError) as refused:
            self.mint("fork")
        with refused.exception:
            [error] = json.load(refused.exception)["errors"]
        self.assertEqual(error["code"], "invalid-publisher")

    def test_a_reset_forgets_files_requests_and_changes(self):
        self.assertTrue(self.publish(self.started["tokens"]["alice"]))
        self.control("POST", "changes", {"archive": "demo"})
        self.assertFalse(self.publish(self.started["tokens"]["alice"]))
        self.control("POST", "reset")
        self.assertEqual(self.control("GET", "files")["files"], [])
        self.assertEqual(self.messages(), [])
        self.assertTrue(self.publish(self.started["tokens"]["alice"]))


def fetch(url, method, body, headers):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data, headers=headers)
    with urllib.request.urlopen(request) as response:
        return json.load(response)


def wheel(folder):
    path = pathlib.Path(folder, "demo-1.0-py3-none-any.whl")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("demo.py", "")
        archive.writestr("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n")
        archive.writestr("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        archive.writestr("demo-1.0.dist-info/RECORD", "".join(f"{name},,\n" for name in archive.namelist()))
    return str(path)


if __name__ == "__main__":
    unittest.main()
