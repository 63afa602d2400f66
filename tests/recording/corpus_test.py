"""The app-server tapes are conversations: each message stands after what caused it, nothing is left open."""
import json
import unittest
from pathlib import Path
from typing import Any, Iterator

from . import ROOT

TAPES = sorted((ROOT / "harness/sessions").glob("*-app-server.tape.jsonl"))
LARGEST = 60 * 1024


def entries(tape: Path) -> list[tuple[str, Any]]:
    """Direction and message, the header first."""
    lines = []
    for line in tape.read_bytes().splitlines():
        entry = json.loads(line)
        key = next(iter(entry))
        lines.append((key, entry if key == "tape" else entry[key]))
    return lines


def caused(lines: list[tuple[str, Any]]) -> Iterator[str]:
    """What has no cause, in a conversation as it was recorded."""
    asked: dict[Any, str] = {}
    to_answer: list[Any] = []
    known = ""  # every id that codex has named so far, and what the client may therefore name
    for direction, message in lines:
        if to_answer and direction == ">" and message.get("id") == to_answer[0] and "result" in message:
            to_answer.pop(0)
        elif to_answer:
            yield f"codex's request {to_answer[0]} is not answered before {message}"
        elif direction == ">" and "method" in message:
            if "id" in message:
                if message["id"] in asked:
                    yield f"the id {message['id']} is used twice"
                asked[message["id"]] = message["method"]
            for key in ("threadId", "turnId", "expectedTurnId"):
                named = message.get("params", {}).get(key, "")
                if named not in known and not named.startswith("no-such-"):
                    yield f"{message['method']} names {named} before codex has"
        elif direction == "<":
            known += json.dumps(message)
            if "method" in message and "id" in message:
                to_answer.append(message["id"])
            elif "method" not in message and asked.pop(message["id"], None) is None:
                yield f"a response to {message['id']}, which is not asked"
    yield from (f"no response to {method}" for method in asked.values())
    yield from (f"no answer to codex's request {number}" for number in to_answer)


class CorpusTest(unittest.TestCase):
    def test_each_message_has_its_cause(self) -> None:
        self.assertGreater(len(TAPES), 50)
        for tape in TAPES:
            with self.subTest(tape.name):
                _, *lines = entries(tape)
                self.assertEqual(list(caused(lines)), [])

    def test_each_begins_as_the_client_does(self) -> None:
        for tape in TAPES:
            with self.subTest(tape.name):
                sent = [message for direction, message in entries(tape) if direction == ">"]
                self.assertEqual([message["method"] for message in sent[:2]], ["initialize", "initialized"])
                self.assertEqual(sent[1], {"method": "initialized"})

    def test_provenance_and_size(self) -> None:
        for tape in TAPES:
            with self.subTest(tape.name):
                header = entries(tape)[0][1]
                name = tape.name.removesuffix("-app-server.tape.jsonl")
                self.assertEqual(header["transport"], "app-server")
                self.assertEqual(header["recorded"]["script"], f"harness/recordings/{name}.json")
                self.assertTrue((ROOT / header["recorded"]["script"]).is_file())
                self.assertEqual(len(header["recorded"]["sha256"]), 64)
                self.assertLess(tape.stat().st_size, LARGEST)

    def test_what_has_no_cause_is_found(self) -> None:
        ask, reply = {"id": "r1", "method": "model/list"}, {"id": "r1", "result": {}}
        request = {"id": 0, "method": "item/tool/call", "params": {}}
        for lines in ([("<", reply)], [(">", ask)], [(">", ask), (">", ask), ("<", reply)], [("<", request)],
                      [("<", request), ("<", {"method": "warning"}), (">", {"id": 0, "result": {}})],
                      [(">", {"id": "r1", "method": "turn/start", "params": {"threadId": "t"}}), ("<", reply)]):
            self.assertNotEqual(list(caused(lines)), [], lines)
        self.assertEqual(list(caused([(">", ask), ("<", reply), ("<", request), (">", {"id": 0, "result": {}})])), [])


if __name__ == "__main__":
    unittest.main()
