"""What codex_tool makes of the arguments of a call: _parse_tool_input and _normalize_parameters, with
OPENAI_AGENTS_DONT_LOG_TOOL_DATA off, so that errors have pydantic's words.

    `arguments`, the model's text; `with_thread`: CodexToolParameters, else CodexToolRunContextParameters;
    `inputs` and `thread_id` as the client goes on with them, or `error`: class and text
"""

from __future__ import annotations

import json
import random
from typing import Any, Iterator

from agents import _debug
from agents.extensions.experimental.codex.codex_tool import (
    CodexToolParameters,
    CodexToolRunContextParameters,
    _normalize_parameters,
    _parse_tool_input,
)
from vectors import Values, class_name

TEXT = {"type": "text", "text": "say hi"}
IMAGE = {"type": "local_image", "path": "a.png"}
# What may stand where something else ought to.
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, -0.0, 1e300, float("nan"), float("inf"), 10**40, "", " ", "\x1f\x85 ",
    "\u200b", " a ", "text", "local_image", "Text", "it's", 'a"b', "it's \"b\"", "\ud800", "a\udfffb", "é", "\xad",
    "😀" * 20, "é" * 40, "x" * 47, "x" * 48, "x" * 49, "x" * 60, "\x00\x1b[31m", "\n", [], [1], ["x" * 60], {}, {"a": 1},
    {"a": "é" * 30}, [TEXT], TEXT, IMAGE, [[TEXT]], "\U0010ffff", "\\", {"\ud800": 1}, {"": None}, "7" * 51,
]
KEYS = ["x", "", "Inputs", "type", "text", "path", "thread_id", "inputs", "a.b", "0", "é", "😀", "\n", "\ud800", "a\udfff",
        " ", "it's", "x" * 70]
WHOLE = [
    "", " ", "{}", "null", "[]", "[{}]", '"x"', "1", "NaN", "true", "{", '{"inputs":[}', "not json", "\x00", "\ufeff{}",
    '{"inputs":[]}', '{"inputs":[],"inputs":[{"type":"text","text":"a"}]}', "[" * 1200, "9" * 4301,
    '{"inputs":[{"type":"text","text":"a","text":" "}]}', '{"inputs":[{"type":"text","text":"\\ud83d\\ude00"}]}',
    '{"inputs":' + "[" * 500 + "]" * 500 + "}", "[" * 800 + "]" * 800, '{"a":' * 300 + "1" + "}" * 300,
    '{"inputs":' + "9" * 4300 + "}", '{"inputs":[{"type":"text","text":"' + "y" * 2000 + '","path":0}]}',
]


def case(text: str, with_thread: bool) -> dict[str, Any]:
    model = CodexToolParameters if with_thread else CodexToolRunContextParameters
    made: dict[str, Any] = {"arguments": text, "with_thread": with_thread}
    try:
        taken = _normalize_parameters(_parse_tool_input(model, text))
    except Exception as error:
        return made | {"error": [class_name(type(error)), str(error)]}
    return made | {"inputs": taken["inputs"], "thread_id": taken["thread_id"]}


class Arguments:
    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.values = Values(source)

    def odd(self) -> Any:
        return self.random.choice(ODD) if self.random.random() < 0.8 else self.values.any(2)

    def bent(self, value: dict[str, Any]) -> dict[str, Any]:
        """Members changed, left out, added, in another order."""
        made = dict(value)
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3])):
            roll = self.random.random()
            if roll < 0.5 and made:
                made[self.random.choice(list(made))] = self.odd()
            elif roll < 0.6 and made:
                del made[self.random.choice(list(made))]
            else:
                made[self.random.choice(KEYS)] = self.odd()
        if self.random.random() < 0.2:
            keys = list(made)
            self.random.shuffle(keys)
            made = {key: made[key] for key in keys}
        return made

    def item(self) -> Any:
        if self.random.random() < 0.1:
            return self.odd()
        item = self.random.choice([TEXT, IMAGE, {**TEXT, "path": None}, {**IMAGE, "text": ""}])
        return self.bent(item)

    def whole(self) -> Any:
        items = [self.item() for _ in range(self.random.choice([0, 1, 1, 1, 2, 3, 12]))]
        made: dict[str, Any] = {"inputs": items}
        if self.random.random() < 0.3:
            made["thread_id"] = self.random.choice([None, "", " ", " t-1 ", "\x85", 1, "0199", "\ud800"])
        return self.bent(made) if self.random.random() < 0.3 else made


def every() -> Iterator[Any]:
    """Each odd value in each place, and each odd key."""
    for value in ODD:
        yield value
        yield {"inputs": value}
        yield {"inputs": [value]}
        yield {"inputs": [TEXT], "thread_id": value}
        yield {"inputs": [TEXT], "x": value}
        for item in (TEXT, IMAGE):
            for key in ("type", "text", "path", "x"):
                yield {"inputs": [{**item, key: value}]}
    for key in KEYS:
        yield {"inputs": [TEXT], key: 1}
        yield {key: 1, "inputs": [TEXT]}
        yield {"inputs": [{key: None, **TEXT}, IMAGE]}
        yield {"inputs": [{}, {**IMAGE, key: 1}], "y": 0}


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    _debug.DONT_LOG_TOOL_DATA = False
    made = Arguments(source)
    for text in WHOLE:
        for with_thread in (True, False):
            yield case(text, with_thread)
    for value in every():
        yield case(json.dumps(value), True)
    for _ in range(700):
        yield case(json.dumps(made.whole()), source.random() < 0.7)
    _debug.DONT_LOG_TOOL_DATA = True
