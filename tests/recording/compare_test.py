"""Two recordings compare equal where only what codex makes anew differs, and where anything else does not."""
import json
import tempfile
import unittest
from pathlib import Path
from typing import Any

from . import ROOT
from recording.compare import differences

A, B, C = ("01a20787-9fdc-7212-b0e6-c69de78c852" + last for last in "5ab")
HEADER = {"tape": 1, "transport": "app-server", "driver": {}, "recorded": {"version": "1"}}


def item(thread: str, **more: Any) -> dict[str, Any]:
    return {"<": {"method": "item/started", "params": {"threadId": thread, "startedAtMs": 5, **more}, "emittedAtMs": 9}}


class CompareTest(unittest.TestCase):
    def compared(self, left: list[Any], right: list[Any]) -> list[str]:
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for name, lines in (("left", left), ("right", right)):
                path = Path(folder) / name
                path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
                paths.append(path)
            return differences(*paths)

    def assert_same(self, left: list[Any], right: list[Any]) -> None:
        self.assertEqual(self.compared(left, right), [])

    def assert_different(self, left: list[Any], right: list[Any]) -> None:
        self.assertNotEqual(self.compared(left, right), [])

    def test_ids_are_numbered_as_they_come(self) -> None:
        self.assert_same([item(A), item(B), item(A)], [item(B), item(C), item(B)])

    def test_an_id_in_another_ones_place_differs(self) -> None:
        self.assert_different([item(A), item(B), item(A)], [item(A), item(B), item(B)])

    def test_times_and_durations_are_masked_under_their_keys_only(self) -> None:
        self.assert_same([item(A, durationMs=3, completedAt=7)], [item(A, durationMs=90, completedAt=8)])
        self.assert_different([item(A, tokens=3)], [item(A, tokens=4)])

    def test_a_time_that_is_none_shows(self) -> None:
        for value in (None, "soon", -1.5):
            self.assert_different([item(A, completedAt=7)], [item(A, completedAt=value)])
        self.assert_different([item(A, durationMs=3)], [item(A, durationMs=-3)])

    def test_process_numbers_are_ids(self) -> None:
        self.assert_same([item(A, processId="17"), item(A, processId="17")],
                         [item(A, processId="4"), item(A, processId="4")])
        self.assert_different([item(A, processId="17"), item(A, processId="17")],
                              [item(A, processId="4"), item(A, processId="5")])
        self.assert_different([item(A, processId="17")], [item(A, processId=None)])

    def test_names_of_rollout_files(self) -> None:
        path = "/codex-home/sessions/2026/{}/rollout-2026-11-{}T08-30-58-{}.jsonl"
        self.assert_same([item(A, path=path.format("11/23", "23", A))], [item(B, path=path.format("12/24", "24", B))])

    def test_order_counts_of_lines_and_of_keys(self) -> None:
        one, two = item(A, text="one"), item(A, text="two")
        self.assert_different([one, two], [two, one])
        self.assert_different([{"<": {"a": 1, "b": 2}}], [{"<": {"b": 2, "a": 1}}])

    def test_of_the_header_only_the_provenance_is_left_out(self) -> None:
        self.assert_same([HEADER], [{**HEADER, "recorded": {"version": "2"}}])
        self.assert_different([HEADER], [{**HEADER, "driver": {"api": "codex"}}])

    def test_every_tape_of_ours_differs_from_every_other(self) -> None:
        tapes = sorted((ROOT / "harness/sessions").glob("approval-*.tape.jsonl"))
        self.assertGreater(len(tapes), 2)
        for left, right in zip(tapes, tapes[1:]):
            self.assertNotEqual(differences(left, right), [])
            self.assertEqual(differences(left, left), [])


if __name__ == "__main__":
    unittest.main()
