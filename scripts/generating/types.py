"""What a declared type lets a wire say, as choices: pydantic models and dataclasses alike.

A goal is one thing that a tape ought to hold: a field that is there, absent or null, a member of a
union, a value of an enum. Goals are tuples that name the type as its package does.
"""

from __future__ import annotations

import dataclasses
import enum
import types
import typing
from typing import Any, Iterator

from pydantic import BaseModel, RootModel

NONE = type(None)


@dataclasses.dataclass(frozen=True)
class Field:
    name: str  # on the wire
    kind: Any
    required: bool
    least: int | None = None  # of a number

    @property
    def nullable(self) -> bool:
        return NONE in members(self.kind)


def is_record(kind: Any) -> bool:
    """A class whose instances are JSON objects."""
    if not isinstance(kind, type) or is_root(kind):
        return False
    return issubclass(kind, BaseModel) or dataclasses.is_dataclass(kind)


def is_root(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, RootModel)


def is_enum(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, enum.Enum)


def is_union(kind: Any) -> bool:
    return typing.get_origin(kind) in (typing.Union, types.UnionType)


def members(kind: Any) -> tuple[Any, ...]:
    """Of a union; of anything else itself."""
    return typing.get_args(kind) if is_union(kind) else (kind,)


def fields(kind: type) -> list[Field]:
    if issubclass(kind, BaseModel):
        return [
            Field(
                each.alias or name,
                each.annotation,
                each.is_required(),
                next((bound.ge for bound in each.metadata if hasattr(bound, "ge")), None),
            )
            for name, each in kind.model_fields.items()
        ]
    hints = typing.get_type_hints(kind)
    return [
        # A default that the user cannot give is a tag: it is always on the wire.
        Field(each.name, hints[each.name], not each.init or _has_no_default(each))
        for each in dataclasses.fields(kind)
    ]


def _has_no_default(field: dataclasses.Field) -> bool:
    missing = dataclasses.MISSING
    return field.default is missing and field.default_factory is missing


def name_of(kind: Any) -> str:
    return kind.__name__ if isinstance(kind, type) else str(kind)


class Goals:
    """What each type and all below it can say."""

    def __init__(self) -> None:
        self._known: dict[Any, frozenset[tuple]] = {}

    def below(self, kind: Any) -> frozenset[tuple]:
        if kind not in self._known:
            found: set[tuple] = set()
            self._collect(kind, found, set())
            self._known[kind] = frozenset(found)
        return self._known[kind]

    def _collect(self, kind: Any, found: set[tuple], seen: set[Any]) -> None:
        if kind in seen:
            return
        seen.add(kind)
        found.update(own(kind))
        for part in parts(kind):
            self._collect(part, found, seen)


def own(kind: Any) -> Iterator[tuple]:
    if is_record(kind):
        for field in fields(kind):
            yield field_goal(kind, field, "present")
            if not field.required:
                yield field_goal(kind, field, "absent")
                if field.nullable:
                    yield field_goal(kind, field, "null")
    elif is_union(kind):
        yield from (member_goal(kind, member) for member in members(kind) if member is not NONE)
    elif is_enum(kind):
        yield from (value_goal(kind, value.value) for value in kind)
    elif typing.get_origin(kind) is typing.Literal:
        yield from (value_goal(kind, value) for value in typing.get_args(kind))


def parts(kind: Any) -> Iterator[Any]:
    if is_record(kind):
        yield from (field.kind for field in fields(kind))
    elif is_root(kind):
        yield kind.model_fields["root"].annotation
    elif typing.get_origin(kind) is not typing.Literal:
        yield from (each for each in typing.get_args(kind) if each is not NONE)


def field_goal(kind: type, field: Field, state: str) -> tuple:
    return ("field", name_of(kind), field.name, state)


def member_goal(kind: Any, member: Any) -> tuple:
    return ("member", name_of(kind), name_of(member))


def value_goal(kind: Any, value: Any) -> tuple:
    return ("value", name_of(kind), value)
