"""A data file that is wrong is told so, with the place and what to do, before codex is started."""
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from . import ROOT
from recording import RecordingError
from recording.session import Session

STEPS = [{"request": {"method": "thread/start"}, "save": {"thread": "/thread/id"}}]
DRIVER = {"steps": [{"calls": [{"call_id": "c", "arguments": {"inputs": [{"type": "text", "text": "hi"}]}}]}]}

WRONG: list[tuple[str, Any, list[str]]] = [
    ("no JSON", "{", ["is not JSON", "line 1"]),
    ("a list", [], ["is not a JSON object", "README.md"]),
    ("no title", {"app_server": {"steps": []}}, ['"title"']),
    ("nothing to do", {"title": "t"}, ['"driver"', '"app_server"', "does nothing"]),
    ("a misspelt key", {"title": "t", "answer": [], "app_server": {"steps": []}},
     ['"answer"', 'did you mean "answers"?']),
    ("an unknown transport", {"title": "t", "transports": ["telnet"], "driver": DRIVER, "answers": []},
     ['"transports"', '"telnet"', "exec, app-server"]),
    ("a transport without its part", {"title": "t", "transports": ["exec"], "app_server": {"steps": []}},
     ["exec", '"driver" is missing']),
    ("exec without answers", {"title": "t", "driver": DRIVER}, ['"answers"']),
    ("an unknown item", {"title": "t", "driver": DRIVER, "answers": [[{"mesage": "hi"}]]},
     ['"answers" (exec), answer 1', "mesage", "known:", "message"]),
    ("an item of another form", {"title": "t", "driver": DRIVER, "answers": [[{"message": 7}]]},
     ["answer 1", "README.md"]),
    ("answers by thread for exec", {"title": "t", "driver": DRIVER, "answers": {"$a": []}}, ['"answers"', "one list"]),
    ("answers for no name", {"title": "t", "app_server": {"steps": STEPS, "answers": {"thread": []}}}, ["$NAME"]),
    ("a call without inputs", {"title": "t", "driver": {"steps": [{"calls": [{}]}]}, "answers": []},
     ['"driver"', "arguments"]),
    ("a step of no kind", {"title": "t", "app_server": {"steps": [*STEPS, {"await": {}}]}},
     ["step 2", "request, wait, release, at_once, kill"]),
    ("a step with another's key", {"title": "t", "app_server": {"steps": [{"wait": {"method": "m"}, "save": {}}]}},
     ["step 1", '"save"']),
    ("a request without a method", {"title": "t", "app_server": {"before": [{"request": {}}], "steps": STEPS}},
     ["before 1", '"method"']),
    ("a bad pointer", {"title": "t", "app_server": {"steps": [{"request": {"method": "m"}, "save": {"a": "thread"}}]}},
     ["step 1", '"save"', "/path/in/the/result"]),
    ("a kill before the end", {"title": "t", "app_server": {"steps": [{"kill": True}, *STEPS]}},
     ["step 1", "last step"]),
    ("a driver that is none", {"title": "t", "app_server": {"driver": 7, "steps": STEPS}},
     ['"driver" is not an object']),
    ("an unknown api", {"title": "t", "app_server": {"driver": {"api": "rest"}, "steps": STEPS}},
     ["client, codex, async"]),
    ("a thread from nowhere", {"title": "t", "answers": [], "driver": {
        **DRIVER, "codex_tool": {"thread_id": "01a20787-9fdc-7212-b0e6-c69de78c8525"}}},
     ["was not begun", "transports"]),
]


class DataFileTest(unittest.TestCase):
    def test_what_is_wrong_is_told_with_its_place(self) -> None:
        for what, content, parts in WRONG:
            with self.subTest(what), tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "session.json"
                path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
                with self.assertRaises(RecordingError) as caught:
                    Session.load(path)
                for part in [str(path) + ": ", *parts]:
                    self.assertIn(part, str(caught.exception))
                self.assertEqual(caught.exception.status, 2)

    def test_a_file_that_is_not_there(self) -> None:
        with self.assertRaises(RecordingError) as caught:
            Session.load(Path("no/such.json"))
        self.assertIn("no/such.json: cannot be read", str(caught.exception))

    def test_all_of_ours_are_right(self) -> None:
        paths = sorted((ROOT / "harness/recordings").glob("*.json"))
        self.assertGreater(len(paths), 40)
        for path in paths:
            with self.subTest(path.name):
                self.assertTrue(Session.load(path).transports)


if __name__ == "__main__":
    unittest.main()
