"""No tape shows the machine that it was recorded on."""
import getpass
import json
import socket
import unittest
from pathlib import Path

from . import ROOT
from recording import RecordingError
from recording.privacy import check_private, findings

LEAKS = {
    "the folder /home/ada/src/x": {"cwd": "/home/ada/src/x"},
    "the folder /root/.codex": {"path": "see /root/.codex, or so"},
    "the folder /tmp/abc": {"output": "/tmp/abc: no such file"},
    "the host laptop": {"serverName": "laptop"},
    "the system of": {"userAgent": "codex_python_sdk/0.163.0 (Debian 12.0.0; x86_64) unknown"},
    "the port 40001": {"error": "error sending request for url (http://127.0.0.1:40001/v1/responses)"},
}
CLEAN = {"cwd": "/workspace/a", "path": "/codex-home/sessions", "home": "/home/user/x", "serverName": "desk",
         "command": "/bin/bash -c ls", "url": "http://127.0.0.1:8080/v1"}


class PrivacyTest(unittest.TestCase):
    def test_the_corpus(self) -> None:
        tapes = sorted((ROOT / "harness/sessions").glob("**/*.jsonl"))
        self.assertGreater(len(tapes), 60)
        for tape in tapes:
            if {"odd", "schema"} & set(tape.parts):
                continue  # written by hand
            with self.subTest(tape.name):
                data = tape.read_bytes()
                self.assertEqual(list(findings(data)), [])
                for mark in (str(ROOT) + "/", str(Path.home()) + "/.", "codex-recording-"):
                    self.assertNotIn(mark.encode(), data)

    def test_leaks_are_found(self) -> None:
        for what, leak in LEAKS.items():
            with self.subTest(what):
                found = list(findings(json.dumps({"<": {"params": leak}}).encode()))
                self.assertEqual(len(found), 1, found)
                self.assertIn("line 1: " + what, found[0])
        self.assertEqual(list(findings(json.dumps({"<": CLEAN}).encode())), [])

    def test_a_recording_that_shows_its_machine_fails(self) -> None:
        folder = str(ROOT / "x")
        with self.assertRaisesRegex(RecordingError, "would show " + folder):
            check_private(f"in {folder}/y".encode(), [folder], "")
        for name in {socket.gethostname(), getpass.getuser()} - {"root", "user", "runner", "build", "localhost"}:
            with self.assertRaisesRegex(RecordingError, "the name"):
                check_private(f"by {name} at noon".encode(), [], "")
            check_private(f"by {name} at noon".encode(), [], f"the script itself says {name}")
        check_private(b"in /workspace/y", [folder], "")


if __name__ == "__main__":
    unittest.main()
