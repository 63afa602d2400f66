"""JSONTestSuite three ways: C++ reads as Python does, and where others differ the policy says why.

CTD_JSON_ANSWERS names the program that answers for C++ (json_answers_main.cc).
"""
from __future__ import annotations

import copy
import json
import os
import unittest
from typing import Any

from . import suite

PROGRAM = os.environ["CTD_JSON_ANSWERS"]
POLICY = json.loads((suite.HERE / "policy.json").read_text(encoding="utf-8"))


class SuiteTest(unittest.TestCase):
    cases: list[suite.Case]
    said: list[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        cls.cases = suite.cases()
        cls.said = suite.cpp(PROGRAM, [case.data for case in cls.cases])

    def problems(self, policy: Any = POLICY, **answers: Any) -> str:
        """What compare() says where C++ gives these answers to the case `name`."""
        said = copy.deepcopy(self.said)
        if answers:
            names = [case.name for case in self.cases]
            said[names.index(answers.pop("name"))].update(answers)
        return "\n".join(suite.compare(self.cases, said, policy)[0])

    def bent(self, way: str) -> Any:
        policy = copy.deepcopy(POLICY)
        return policy, policy[way][0]

    def test_it_is_the_whole_suite(self) -> None:
        parts = [case.name.partition("/")[0] for case in self.cases]
        self.assertEqual((parts.count("parsing"), parts.count("transform")), (318, 22))
        self.assertEqual(len({case.name for case in self.cases}), 340)

    def test_cpp_reads_as_python_does_and_the_policy_tells_of_all_others(self) -> None:
        wrong, counts = suite.compare(self.cases, self.said, POLICY)
        self.assertEqual(wrong, [])
        expected = {"wire": 340, "text": 316, "line": 334, "suite": 3, "nlohmann": 27, "bytes": 8}
        self.assertEqual(counts, expected)

    def test_a_policy_says_why(self) -> None:
        for way in ("suite", "nlohmann", "bytes"):
            for entry in POLICY[way]:
                self.assertGreater(len(entry["why"]), 40)

    # That it can fail.

    def test_a_case_that_the_policy_lacks_is_red(self) -> None:
        for way in ("suite", "nlohmann", "bytes"):
            policy, entry = self.bent(way)
            name = entry["cases"].pop()
            self.assertIn(f"{way}: {name}: the other way {entry['other']}, and the policy does not say so",
                          self.problems(policy))

    def test_a_policy_that_says_otherwise_is_red(self) -> None:
        policy, entry = self.bent("nlohmann")
        entry["other"] = "reads otherwise"
        self.assertIn("the other way refuses, and the policy says: reads otherwise", self.problems(policy))

    def test_a_policy_of_what_does_not_differ_is_red(self) -> None:
        policy, entry = self.bent("bytes")
        entry["cases"].append("parsing/y_array_empty.json")
        self.assertEqual(self.problems(policy),
                         "bytes: parsing/y_array_empty.json: is in the policy, and does not differ")

    def test_a_policy_twice_is_red(self) -> None:
        policy, entry = self.bent("bytes")
        entry["cases"].append(entry["cases"][0])
        self.assertIn("is in the policy twice", self.problems(policy))

    def test_another_value_is_red(self) -> None:
        for value in ("[1]", "[1.00]", "[true]"):
            self.assertIn("transform/number_1.0.json: Python has",
                          self.problems(name="transform/number_1.0.json", parse={"value": value}))

    def test_what_is_accepted_and_ought_not_is_red(self) -> None:
        self.assertIn("n_array_comma_after_close.json: Python has",
                      self.problems(name="parsing/n_array_comma_after_close.json", parse={"value": '[""]'}))
        self.assertIn("i_string_iso_latin_1.json: no text",
                      self.problems(name="parsing/i_string_iso_latin_1.json", parse={"value": '["x"]'}))

    def test_what_is_refused_and_ought_not_is_red(self) -> None:
        self.assertIn("y_array_empty.json: Python has",
                      self.problems(name="parsing/y_array_empty.json", parse={"error": "no"}))

    def test_another_sentence_is_red(self) -> None:
        self.assertIn("n_array_comma_after_close.json: Python says",
                      self.problems(name="parsing/n_array_comma_after_close.json", parse={"error": "no"}))

    def test_an_observer_that_hears_otherwise_is_red(self) -> None:
        for line in (None, "no"):
            self.assertIn("i_string_iso_latin_1.json: as a line",
                          self.problems(name="parsing/i_string_iso_latin_1.json", line=line))

    def test_a_missing_answer_is_red(self) -> None:
        self.assertEqual(suite.compare(self.cases, self.said[1:], POLICY)[0], ["340 cases, 339 answers of C++"])


if __name__ == "__main__":
    unittest.main()
