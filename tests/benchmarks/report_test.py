"""A page of benchmarks shows what is missed as missed, and what was not run as not measured."""

import json
import pathlib
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import report  # noqa: E402
from judge import UNKNOWN, judge, limits  # noqa: E402
from measures import Measures  # noqa: E402

TARGETS = [
    {"what": "ratio", "ours": "a", "peer": "b", "at_most": 2, "limit": "why"},
    {"what": "cheaper", "ours": "a", "peer": "b", "cheaper": 10},
    {"what": "absolute", "ours": "a", "at_least": 100, "unit": "MB/s", "limit": "why"},
    {"what": "none", "ours": "n", "at_most": 0, "unit": "", "shown": "0"},
]


def verdicts(values):
    return [one.verdict() for one in judge(TARGETS, values)]


class Judging(unittest.TestCase):
    def test_the_bound_itself_is_met(self):
        self.assertEqual(["met"] * 1, verdicts({"a": [20.0], "b": [10.0]})[:1])
        self.assertEqual("met", verdicts({"a": [1.0], "b": [10.0]})[1])
        self.assertEqual("met", verdicts({"a": [100.0]})[2])
        self.assertEqual("met", verdicts({"n": [0]})[3])

    def test_what_is_missed_says_by_how_much(self):
        self.assertEqual("**missed** by 50%", verdicts({"a": [30.0], "b": [10.0]})[0])
        self.assertEqual("**missed** by 75%", verdicts({"a": [4.0], "b": [10.0]})[1])
        self.assertEqual("**missed** by 20%", verdicts({"a": [80.0]})[2])
        self.assertEqual("**missed**", verdicts({"n": [1]})[3])

    def test_the_median_is_judged_and_each_round_shown(self):
        one = judge(TARGETS, {"a": [10.0, 19.0, 90.0], "b": [10.0, 10.0, 10.0]})[0]
        self.assertTrue(one.met)
        self.assertEqual([1.0, 1.9, 9.0], one.rounds)

    def test_what_was_not_run_is_not_met(self):
        self.assertEqual(["not measured"] * 4, verdicts({"b": [1.0]}))
        page = "\n".join(report.against_the_targets(judge(TARGETS, {}), {}))
        self.assertIn("0 of 4 met.", page)

    def test_what_is_missed_has_its_limit_once(self):
        judged = judge(TARGETS, {"a": [30.0], "b": [10.0], "n": [1]})
        found = limits(judged, {"why": "because"})
        self.assertEqual([("why", "because"), ("cheaper", UNKNOWN), ("none", UNKNOWN)], found)
        self.assertEqual([], limits(judge(TARGETS, {"n": [0]}), {}))


class Page(unittest.TestCase):
    def setUp(self):
        self.targets = json.loads((HERE / "targets.json").read_text())
        self.texts = json.loads((HERE / "limits.json").read_text())

    def page(self, ours, told):
        row = {"pair": "edited", "size": 100000, "bytes": 1000, "edits": 97}
        row |= {"seconds": {"ours": [ours] * 3, "simdjson DOM": [0.04] * 3}, "wall": {}}
        row |= {"memory": {"ours": 1000}, "reported": {"ours": told}}
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "compare.json").write_text(json.dumps([row]))
            return report.page(Measures(folder), self.targets, self.texts)

    def line(self, page, what, after="Comparing 100,000 observations, edited"):
        lines = page.splitlines()
        begin = next(i for i, line in enumerate(lines) if line.startswith(f"| {after} "))
        return next(line for line in lines[begin:] if line.startswith(f"| {what} "))

    def test_a_slow_comparison_is_missed_and_a_fast_one_met(self):
        simdjson = "the same, a simdjson DOM parse of both sides"
        self.assertIn("**missed** by 25%", self.line(self.page(0.2, 97), simdjson))
        self.assertIn("| met |", self.line(self.page(0.1, 97), simdjson))

    def test_a_difference_too_few_or_too_many_is_missed(self):
        edits = "the same, differences told beyond or short of the edits made"
        self.assertIn("| met |", self.line(self.page(0.1, 97), edits))
        for told in (96, 98):
            self.assertIn("**missed**", self.line(self.page(0.1, told), edits))

    def test_each_limit_has_its_place(self):
        named = {target["limit"] for target in self.targets if "limit" in target}
        self.assertEqual(named, set(self.texts))


if __name__ == "__main__":
    unittest.main()
