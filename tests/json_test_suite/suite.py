"""The cases of JSONTestSuite, what each way of reading makes of them, and how these may differ.

An answer is what json.dumps prints of the value that was read, or that the text was refused.
"""
from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


@dataclass(frozen=True)
class Case:
    name: str
    data: bytes


@dataclass(frozen=True)
class Answer:
    """The value as JSON, or why there is none."""

    value: str | None = None
    error: str | None = None

    def beside(self, python: Answer) -> str:
        """What this is where Python's answer is `python`: a word of the policy."""
        if self.value is None:
            return "refuses"
        return "accepts" if python.value is None else "reads otherwise"

    def same_value(self, other: Answer) -> bool:
        return self.value == other.value

    def same_words(self, other: Answer) -> bool:
        return without_bracket(self.error) == without_bracket(other.error)


def without_bracket(words: str | None) -> str | None:
    """Python gives up at a level that depends on the frames of whoever calls, so whether it is an array or
    an object that is too deep does too."""
    if words is None or not words.startswith("maximum recursion depth exceeded"):
        return words
    return words.replace("a JSON array", "what").replace("a JSON object", "what")


def cases() -> list[Case]:
    found = []
    for line in (HERE / "cases.jsonl").read_text(encoding="ascii").splitlines():
        case = json.loads(line)
        text = case.get("begin", "") * case.get("times", 0) + case["bytes"]
        found.append(Case(f"{case['part']}/{case['name']}", text.encode("latin-1")))
    return found


def cpp(program: str, texts: Iterable[bytes]) -> list[dict[str, Any]]:
    """What json_answers_main.cc says of each."""
    sent = b"".join(b"%d\n%s" % (len(text), text) for text in texts)
    done = subprocess.run([program], input=sent, check=True, capture_output=True, timeout=300)
    return [json.loads(line) for line in done.stdout.splitlines()]


def answer(said: Mapping[str, str]) -> Answer:
    return Answer(said.get("value"), said.get("error"))


def python(text: str | bytes) -> Answer:
    try:
        return Answer(json.dumps(json.loads(text)))
    except (ValueError, RecursionError) as error:
        return Answer(error=str(error))


def python_wire(data: bytes) -> Answer:
    """As both clients read a line: decoded, strictly, before json sees it."""
    try:
        return python(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return Answer(error=str(error))


def python_text(data: bytes) -> Answer | None:
    """Of the text that json.h takes, where there is one: lone surrogates may stand in a str."""
    try:
        return python(data.decode("utf-8", "surrogatepass"))
    except UnicodeDecodeError:
        return None


def line_reason(data: bytes) -> str | None:
    """Why `data`, as a line of `codex exec`, is malformed: the client decodes it with its end."""
    try:
        read = python(data.decode("utf-8").rstrip("\n"))
    except UnicodeDecodeError as error:
        return str(error)
    if read.value is None:
        return read.error
    return None if read.value.startswith("{") else "not an object"


def suite_answer(case: Case, wire: Answer) -> Answer:
    """What the suite demands: y_ is read, n_ is refused, the rest is the reader's choice."""
    kind = case.name.partition("/")[2][:2]
    if kind == "n_":
        return Answer(error="the suite")
    return Answer(wire.value or "") if kind == "y_" else wire


def unexplained(policy: Sequence[Mapping[str, Any]], differing: Mapping[str, str]) -> list[str]:
    """Where a part of the policy is not what is so. `differing`: name of a case to word of the policy."""
    wrong, told = [], {}
    for entry in policy:
        for name in entry["cases"]:
            if name in told:
                wrong.append(f"{name}: is in the policy twice")
            told[name] = entry["other"]
    for name, word in differing.items():
        if name not in told:
            wrong.append(f"{name}: the other way {word}, and the policy does not say so")
        elif told[name] != word:
            wrong.append(f"{name}: the other way {word}, and the policy says: {told[name]}")
    wrong += [f"{name}: is in the policy, and does not differ" for name in told if name not in differing]
    return wrong


def compare(
    found: Sequence[Case], said: Sequence[Mapping[str, Any]], policy: Mapping[str, Any]
) -> tuple[list[str], dict[str, int]]:
    """What is not as it must be, and how many of the cases were compared in which way."""
    wrong: list[str] = []
    differing: dict[str, dict[str, str]] = {"suite": {}, "nlohmann": {}, "bytes": {}}
    counts = {"wire": 0, "text": 0, "line": 0}
    if len(said) != len(found):
        return [f"{len(found)} cases, {len(said)} answers of C++"], counts
    for case, answers in zip(found, said):
        wire, ours = python_wire(case.data), answer(answers["parse"])
        text = python_text(case.data)
        counts["wire"] += 1
        if text is None:
            if ours.error is None or not ours.error.startswith("invalid UTF-8"):
                wrong.append(f"{case.name}: no text, and C++ has {ours}")
        else:
            counts["text"] += 1
            if not ours.same_value(text):
                wrong.append(f"{case.name}: Python has {text}, C++ has {ours}")
            elif not ours.same_words(text):
                wrong.append(f"{case.name}: Python says {text.error!r}, C++ {ours.error!r}")
        # What an observer hears as one line.
        if case.data and b"\n" not in case.data.rstrip(b"\n"):
            counts["line"] += 1
            expected = line_reason(case.data)
            if without_bracket(answers["line"]) != without_bracket(expected):
                wrong.append(f"{case.name}: as a line Python says {expected!r}, C++ {answers['line']!r}")
        others = {
            "suite": suite_answer(case, wire),
            "nlohmann": answer(answers["nlohmann"]),
            "bytes": python(case.data),
        }
        for way, other in others.items():
            if not other.same_value(wire):
                differing[way][case.name] = other.beside(wire)
    for way, differs in differing.items():
        wrong += [f"{way}: {problem}" for problem in unexplained(policy[way], differs)]
        counts[way] = len(differs)
    return wrong, counts
