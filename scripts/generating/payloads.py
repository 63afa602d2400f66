"""Payloads that between them say all that a type can say, in as few as greed finds."""

from __future__ import annotations

import typing
from typing import Any, Callable, Iterator

from . import types
from .types import NONE, Field, Goals

# Below this depth only what must be there is, so that types that hold themselves come to an end.
_DEEPEST = 9
_FRUITLESS = 3  # payloads in a row that say nothing new
_ANY = ["free text", 7, ["a", {"b": False}], {"nested": {"list": [1.5, "z"]}}]


class Payloads:
    def __init__(self, texts: dict[str, str]) -> None:
        """texts: what fields of these names hold, where they hold a text."""
        self._texts = texts
        self._goals = Goals()
        self._reached: set[tuple] = set()
        self._used: dict[Any, int] = {}
        self._numbers = 0

    def of(self, kind: Any, accepts: Callable[[Any], None]) -> Iterator[Any]:
        """At least one payload of the type; on, while they say what none has said before.

        `accepts` raises where the client would not take a payload for what it is.
        """
        wanted = self._goals.below(kind)
        fruitless = 0
        first = True
        while first or (fruitless < _FRUITLESS and not wanted <= self._reached):
            said: set[tuple] = set()
            payload = self._value(kind, "", 0, said)
            accepts(payload)
            fruitless = 0 if said - self._reached else fruitless + 1
            if first or not fruitless:
                yield payload
            self._reached |= said
            first = False

    def least(self, kind: Any) -> Any:
        """Nothing but what must be there."""
        return self._value(kind, "", _DEEPEST, set())

    def _value(self, kind: Any, name: str, depth: int, said: set[tuple], field: Any = None) -> Any:
        if types.is_union(kind):
            member = self._member(kind, depth, said)
            if member is not NONE:
                said.add(types.member_goal(kind, member))
            return self._value(member, name, depth, said, field)
        if types.is_root(kind):
            return self._value(kind.model_fields["root"].annotation, name, depth, said, field)
        if types.is_record(kind):
            return self._record(kind, depth, said)
        if types.is_enum(kind):
            return self._one_of(kind, [each.value for each in kind], said)
        origin, arguments = typing.get_origin(kind), typing.get_args(kind)
        if origin is typing.Literal:
            return self._one_of(kind, list(arguments), said)
        if origin is list or kind is list:
            if depth >= _DEEPEST:
                return []
            return [self._value(arguments[0] if arguments else Any, name, depth + 1, said)]
        if origin is dict or kind is dict:
            if depth >= _DEEPEST:
                return {}
            inner = arguments[1] if arguments else Any
            return {f"{name} key": self._value(inner, name, depth + 1, said)}
        return self._scalar(kind, name, field)

    def _member(self, kind: Any, depth: int, said: set[tuple]) -> Any:
        given = [member for member in types.members(kind) if member is not NONE]
        if depth >= _DEEPEST:
            return min(given, key=lambda member: len(self._goals.below(member)))

        def promise(member: Any) -> tuple[int, int]:
            goals = self._goals.below(member) | {types.member_goal(kind, member)}
            return (len(goals - self._reached - said), -self._times((kind, member)))

        best = max(given, key=promise)
        self._use((kind, best))
        return best

    def _record(self, kind: type, depth: int, said: set[tuple]) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for field in types.fields(kind):
            state = self._state(kind, field, depth, said)
            said.add(types.field_goal(kind, field, state))
            if state == "null":
                made[field.name] = None
            elif state == "present":
                made[field.name] = self._value(field.kind, field.name, depth + 1, said, field)
        return made

    def _state(self, kind: type, field: Field, depth: int, said: set[tuple]) -> str:
        if field.required:
            return "present"
        if depth >= _DEEPEST:
            return "absent"
        inner = self._goals.below(field.kind) - self._reached - said
        present = types.field_goal(kind, field, "present")
        if present not in self._reached or inner:
            return "present"
        states = ["absent", "null"] if field.nullable else ["absent"]
        for state in states:
            if types.field_goal(kind, field, state) not in self._reached:
                return state
        return states[0]

    def _one_of(self, kind: Any, values: list[Any], said: set[tuple]) -> Any:
        def rank(value: Any) -> tuple[bool, int]:
            return (types.value_goal(kind, value) in self._reached | said, self._times((kind, value)))

        best = min(values, key=rank)
        self._use((kind, best))
        said.add(types.value_goal(kind, best))
        return best

    def _scalar(self, kind: Any, name: str, field: Field | None) -> Any:
        if kind is str:
            if name in self._texts:
                return self._texts[name]
            self._numbers += 1
            return f"{name or 'text'} {self._numbers}"
        if kind is bool:
            self._use(name)
            return self._times(name) % 2 == 1
        if kind in (int, float):
            self._numbers += 1
            least = field.least if field is not None and field.least is not None else 0
            return max(self._numbers, least) + (0.5 if kind is float else 0)
        if kind is Any:
            self._use(Any)
            return _ANY[self._times(Any) % len(_ANY)]
        if kind is NONE:
            return None
        raise TypeError(f"no value of {kind!r} is known: a client declares a new kind of type")

    def _times(self, key: Any) -> int:
        return self._used.get(key, 0)

    def _use(self, key: Any) -> None:
        self._used[key] = self._times(key) + 1
