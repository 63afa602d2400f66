"""What another version of codex changes, told by kind of message."""
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from . import ROOT
from recording.shape import Shape, changes

HELLO = ROOT / "harness/sessions/hello-app-server.tape.jsonl"


def shape(tape: Path) -> Shape:
    made = Shape()
    made.add(tape)
    return made


class ShapeTest(unittest.TestCase):
    def changed(self, edit: Any) -> list[tuple[str, str]]:
        """From the tape to what `edit` makes of each of its messages (None: it is left out)."""
        lines = []
        for line in HELLO.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            if "<" in entry and edit(entry["<"]) is None:
                continue
            lines.append(json.dumps(entry) + "\n")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "tape"
            path.write_text("".join(lines), encoding="utf-8")
            return list(changes(shape(HELLO), shape(path)))

    def test_nothing(self) -> None:
        self.assertEqual(self.changed(lambda message: message), [])

    def test_a_message_fewer(self) -> None:
        self.assertEqual(self.changed(lambda m: None if m.get("method") == "thread/readState/changed" else m),
                         [("< thread/readState/changed", "1 → 0 messages")])

    def test_keys_come_and_go(self) -> None:
        def edit(message: dict) -> dict:
            if message.get("method") == "turn/completed":
                turn = message["params"]["turn"]
                del turn["items"]
                turn["mood"] = {"now": "good", "then": ["better"]}
            return message
        self.assertEqual(self.changed(edit), [("< turn/completed", "gone: /params/turn/items"),
                                              ("< turn/completed", "new: /params/turn/mood")])

    def test_an_item_has_the_keys_of_its_type(self) -> None:
        def edit(message: dict) -> dict:
            item = message.get("params", {}).get("item", {})
            if item.get("type") == "userMessage":
                item.pop("clientId")
            return message
        self.assertEqual([change for _, change in self.changed(edit)], ["gone: /params/item(userMessage)/clientId"] * 2)

    def test_a_response_is_known_by_its_request_and_values_show(self) -> None:
        def edit(message: dict) -> dict:
            if message.get("id") == "r2":
                message["result"]["model"] = "gpt-9"
            return message
        self.assertEqual(self.changed(edit), [("< response to thread/start", '/result/model: "gpt-5.5" → "gpt-9"')])


if __name__ == "__main__":
    unittest.main()
