"""Payloads made from the protocol's schema: valid ones, and ones that are bent at one place."""

from __future__ import annotations

import copy
import json
import pathlib
import random
from typing import Any

TABLES = json.loads(
    (pathlib.Path(__file__).parents[3] / "telemetry/protocol/app_server.json").read_text()
)
TYPES = TABLES["types"]
# What a value may be bent to, whatever it is.
ODD = [None, True, False, 0, 1, 2, -1, 7, 2**31, 2**63, -(2**63) - 1, 10**30, 0.0, 1.0, -0.0, 2.5]
ODD += [1e300, float("nan"), float("inf"), "", " ", "0", "1", " 12 ", "+3", "-4", "1_000", "1.0"]
ODD += ["1.5", "1e3", "00", "true", "Off", "yes", "null", "\ud800", "é\U0001f600", "user", "low"]
ODD += ["completed", [], ["a"], [1], [None], {}, {"id": "x"}, {"type": "text"}, {"a": {"b": []}}]
WORDS = ["a", "x-1", "", "Zürich 😀", "line\nbreak", "thr_1", "0", "\ud83d"]


class Payloads:
    def __init__(self, source: random.Random) -> None:
        self.random = source

    def of_type(self, name: str) -> Any:
        return self.value(TYPES[name], 0)

    def value(self, schema: Any, depth: int) -> Any:
        choice, chance = self.random.choice, self.random.random
        if schema is True or not isinstance(schema, dict) or not schema:
            return copy.deepcopy(choice(ODD))
        if "$ref" in schema:
            return self.value(TYPES[schema["$ref"]], depth)
        for key in ("allOf", "anyOf", "oneOf"):
            if key in schema:
                made = self.value(choice(schema[key]), depth)
                if isinstance(made, dict) and "properties" in schema:
                    made = {**self.properties(schema, depth), **made}
                return made
        if "enum" in schema:
            return choice(schema["enum"])
        kinds = schema.get("type", "any")
        kind = choice(kinds) if isinstance(kinds, list) else kinds
        if kind == "null":
            return None
        if kind == "boolean":
            return chance() < 0.5
        if kind == "integer":
            return choice([0, 1, 5, 2**40]) if chance() < 0.8 else choice([-1, 10**25])
        if kind == "string":
            return choice(WORDS)
        if kind == "array":
            most = 3 if depth < 3 else 1 if depth < 8 else 0
            return [self.value(schema.get("items", True), depth + 1)
                    for _ in range(self.random.randint(0, most))]
        if kind == "object":
            if "properties" in schema:
                return self.properties(schema, depth)
            more = schema.get("additionalProperties", True)
            if depth > 6:
                return {}
            return {key: self.value(more, depth + 1)
                    for key in self.random.sample(WORDS, self.random.randint(0, 2))}
        return copy.deepcopy(choice(ODD))

    def properties(self, schema: dict, depth: int) -> dict:
        made, required = {}, schema.get("required", [])
        often = 0.6 if depth < 3 else 0.25 if depth < 6 else 0.0
        names = list(schema["properties"])
        if self.random.random() < 0.3:
            self.random.shuffle(names)
        for name in names:
            if name in required or self.random.random() < often:
                made[name] = self.value(schema["properties"][name], depth + 1)
        return made

    def bent(self, value: Any) -> Any:
        """A copy with one change somewhere."""
        value = copy.deepcopy(value)
        places = list(self.places(value))
        if not places:
            return copy.deepcopy(self.random.choice(ODD))
        holder, key = self.random.choice(places)
        self.change(holder, key)
        return value

    def places(self, value: Any):
        if isinstance(value, dict):
            for key, part in value.items():
                yield value, key
                yield from self.places(part)
        elif isinstance(value, list):
            for index, part in enumerate(value):
                yield value, index
                yield from self.places(part)

    def change(self, holder: Any, key: Any) -> None:
        pick = self.random.random()
        old = holder[key]
        if pick < 0.5:
            holder[key] = copy.deepcopy(self.random.choice(ODD))
        elif pick < 0.6 and isinstance(old, (int, float)) and not isinstance(old, bool):
            holder[key] = self.random.choice([str(old), float(min(old, 2**50)), f" {old} "])
        elif pick < 0.75 and isinstance(holder, dict):
            del holder[key]
        elif pick < 0.87 and isinstance(holder, dict):
            holder[self.other_name(key)] = holder.pop(key)
        elif isinstance(holder, dict):
            name = self.other_name(key) if self.random.random() < 0.5 else "extra"
            holder[name] = copy.deepcopy(self.random.choice([old, *ODD]))
        else:
            holder[key] = [old]

    def other_name(self, key: str) -> str:
        """The name that Python gives a field, or one that nobody does."""
        snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in key)
        if key.startswith("_"):
            snake = "field" + key
        if key == "async":
            snake = "async_"
        return self.random.choice([snake, snake, key.upper(), key + "_"])
