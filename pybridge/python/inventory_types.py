"""From the types that a client declares to entries, fields and the places where sessions show them.

A class that is used at one place only is part of what uses it: its fields are fields there. A class
that is used at several places is an entry of its own, which has each of them as a place; so a field
counts once, however many messages can carry it. Unions, lists, optional values and pydantic's root
models have no place of their own.

Places are patterns of golden::Shape (golden/coverage.h): `*` for an index or any key, and a variant
where the class has a literal one: "/data/item{type=plan}/text".
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any, Callable, Iterator

from pydantic import BaseModel, RootModel

# golden/coverage.h: kVariantKeys.
_VARIANT_KEYS = ("type", "kind", "handlerType", "class")

Place = tuple[str, str, str]  # channel, observation, path


def word(text: str) -> str:
    """A key or variant in a path."""
    return text.replace("~", "~0").replace("/", "~1").replace("{", "~2")


def is_record(kind: Any) -> bool:
    if not isinstance(kind, type):
        return False
    if issubclass(kind, BaseModel):
        return not issubclass(kind, RootModel)
    return dataclasses.is_dataclass(kind) or typing.is_typeddict(kind)


def members(kind: type) -> dict[str, Any]:
    """Name on the wire to annotation."""
    if issubclass(kind, BaseModel):
        fields = kind.model_fields.items()
        return {
            info.serialization_alias or info.alias or name: info.annotation for name, info in fields
        }
    hints = typing.get_type_hints(kind)
    if dataclasses.is_dataclass(kind):
        return {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    return hints


def variant(kind: type) -> str:
    """What its objects are told by: "{type=plan}", or nothing."""
    found = members(kind)
    for key in _VARIANT_KEYS:
        if key not in found:
            continue
        values = typing.get_args(found[key])
        if typing.get_origin(found[key]) is typing.Literal and len(values) == 1:
            return "{" + f"{key}={word(str(values[0]))}" + "}"
        return ""
    return ""


def source(kind: type) -> str:
    return f"{kind.__module__}:{kind.__qualname__}"


def _unions(annotation: Any) -> list[Any]:
    """The alternatives that an annotation has, itself if it is no union."""
    if isinstance(annotation, getattr(typing, "TypeAliasType", ())):
        return _unions(annotation.__value__)
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _unions(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return [each for part in typing.get_args(annotation) for each in _unions(part)]
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return _unions(annotation.model_fields["root"].annotation)
    return [annotation]


def records(annotation: Any, path: str = "") -> Iterator[tuple[str, type]]:
    """The classes whose objects such a value has, and where in it."""
    alternatives = _unions(annotation)
    told = [each for each in alternatives if is_record(each) and variant(each)]
    for each in alternatives:
        if is_record(each):
            own = _own_field(each, told) if told and each not in told else ""
            yield path + variant(each) + own, each
            continue
        arguments = typing.get_args(each)
        origin = typing.get_origin(each)
        if not isinstance(origin, type) or not arguments:
            continue
        if issubclass(origin, typing.Mapping):
            yield from records(arguments[-1], path + "/*")
        elif issubclass(origin, typing.Collection):
            yield from records(arguments[0], path + "/*")


def _own_field(kind: type, siblings: list[type]) -> str:
    """A class that no variant tells beside siblings that have one is told by a field that none of
    them has."""
    others = {name for sibling in siblings for name in members(sibling)}
    own = [name for name in members(kind) if name not in others]
    return "!" + own[0] if own else ""


@dataclasses.dataclass
class Root:
    """A message, as sessions show it."""

    id: str
    kind: str
    type: Any  # annotation of what stands at the places
    places: list[Place]
    source: str
    renamed: dict[str, str | None] = dataclasses.field(default_factory=dict)  # None: not there


class Types:
    """`kind_of` says the kind of entry that a class is."""

    def __init__(self, prefix: str, kind_of: Callable[[type], str]) -> None:
        self._prefix = prefix
        self._kind_of = kind_of
        self._roots: list[Root] = []

    def add(self, root: Root) -> None:
        self._roots.append(root)

    def entries(self) -> list[dict[str, Any]]:
        uses = self._uses()
        shared = {kind for kind, users in uses.items() if len(users) > 1}
        places: dict[type, set[Place]] = {kind: set() for kind in shared}
        found = []
        for root in self._roots:
            fields: dict[str, str] = {}
            for path, kind in records(root.type):
                if None in (root.renamed.get(key, key) for key in _VARIANT_KEYS):
                    path = ""  # what tells the variant is not shown
                for place in root.places:
                    self._find(kind, place, path, root.renamed, shared, places, ())
                if kind not in shared:
                    _fields(kind, path, root.renamed, shared, fields, ())
            found.append(entry(root.id, root.kind, root.source, root.places, fields))
        for kind in shared:
            fields = {}
            _fields(kind, "", {}, shared, fields, ())
            own = {path.rpartition("!")[2] for _, _, path in places[kind] if "!" in path}
            where = [(c, o, path.replace("!", "/")) for c, o, path in places[kind]]
            if own:
                fields = {name: "" for name in fields if name in own}
            id = f"{self._prefix}/{self._kind_of(kind)}/{kind.__qualname__}"
            found.append(entry(id, self._kind_of(kind), source(kind), where, fields))
        return found

    def _uses(self) -> dict[type, set[tuple[Any, str]]]:
        uses: dict[type, set[tuple[Any, str]]] = {}
        waiting: list[tuple[Any, str, Any]] = [(root.id, "", root.type) for root in self._roots]
        while waiting:
            user, name, annotation = waiting.pop()
            for path, kind in records(annotation):
                is_new = kind not in uses
                uses.setdefault(kind, set()).add((user, name + path))
                if is_new:
                    waiting += [(kind, key, each) for key, each in members(kind).items()]
        return uses

    def _find(
        self,
        kind: type,
        place: Place,
        path: str,
        renamed: dict[str, str | None],
        shared: set[type],
        places: dict[type, set[Place]],
        above: tuple[type, ...],
    ) -> None:
        """Adds each place where a shared class stands."""
        if kind in above:
            return
        channel, observation, base = place
        if kind in shared:
            places[kind].add((channel, observation, base + path))
        if "!" in path:
            return
        for name, annotation in members(kind).items():
            shown = renamed.get(name, name) if not above else name
            if shown is None:
                continue
            below = f"{path}/{word(shown)}"
            for further, each in records(annotation, below):
                self._find(each, place, further, renamed, shared, places, (*above, kind))


def _fields(
    kind: type,
    path: str,
    renamed: dict[str, str | None],
    shared: set[type],
    fields: dict[str, str],
    above: tuple[type, ...],
) -> None:
    if kind in above:
        return
    for name, annotation in members(kind).items():
        shown = renamed.get(name, name) if not above else name
        if shown is None:
            continue
        here = f"{path}/{word(shown)}"
        fields[here.lstrip("/")] = here
        for further, each in records(annotation, here):
            if each not in shared and "!" not in further:
                _fields(each, further, {}, shared, fields, (*above, kind))


def entry(
    id: str, kind: str, source: str, places: list[Place], fields: dict[str, str] | None = None
) -> dict[str, Any]:
    return {
        "id": id,
        "kind": kind,
        "source": source,
        "places": [list(place) for place in sorted(set(places))],
        "fields": [[name, path] for name, path in sorted((fields or {}).items())],
    }
