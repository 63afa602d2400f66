"""What the generated models of openai-codex make of a payload.

{"method", "request": whether it is the result of one, "value", "data": model_dump(by_alias=True,
exclude_unset=True) or absent where the model raises, "error": str() of what it raises}
"""

from __future__ import annotations

import json
import random
from enum import Enum
from typing import Any, Iterator

import openai_codex.generated.v2_all as generated
from openai_codex.generated.notification_registry import NOTIFICATION_MODELS
from openai_codex.models import InitializeResponse

from payloads import TABLES, Payloads

# For each method: so many payloads are made, and each is bent so often.
NOTIFICATIONS = (7, 4)
RESPONSES = (4, 3)
LONGEST = 6000  # bytes of a case that is kept


def turn_error(info: Any) -> dict:
    return {"error": {"message": "m", "codexErrorInfo": info}, "threadId": "t", "turnId": "u",
            "willRetry": True}


# What random payloads seldom hit: members of a union that are equally good or nearly so, and what
# this client alone lets pass or refuses.
CHOSEN = [
    *[("error", False, turn_error(info)) for info in (
        "serverOverloaded", "aNewOne", "", "\ud800", 1, {}, {"a": 1},
        {"httpConnectionFailed": {"httpStatusCode": 5}},
        {"httpConnectionFailed": {"httpStatusCode": "1_000"}},
        {"httpConnectionFailed": {"httpStatusCode": -1}},
        {"httpConnectionFailed": {}, "more": 1}, {"httpConnectionFailed": {"more": 1}},
        {"activeTurnNotSteerable": {"turnKind": "review"}},
        {"activeTurnNotSteerable": {"turn_kind": "review", "more": 1}})],
    *[("account/read", True, {"requiresOpenaiAuth": True, "account": account}) for account in (
        {"type": "chatgpt", "planType": "pro"}, {"type": "chatgpt", "email": None, "planType": ""},
        {"type": "chatgpt", "email": None, "planType": "a new one"}, {"type": "none"})],
    *[("thread/project/updated", False, params) for params in (
        {"threadId": "t"}, {"threadId": "t", "projectId": None}, {"projectId": "p"})],
    ("project/changed", False, {"changeType": "created"}),
    *[("serverRequest/resolved", False, {"threadId": "t", "requestId": identity})
      for identity in ("1", 1, 1.0, True, None, "\ud800", 2**70)],
    ("config/read", True, {"config": {"more": [1]}, "origins": {"\ud83d": {}}}),
]


def plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value


def case(method: str, request: bool, model: Any, value: Any) -> dict | None:
    # As it comes from the wire: two surrogates side by side are one character.
    value = json.loads(json.dumps(value))
    made = {"method": method, "request": request, "value": value}
    try:
        made["data"] = plain(model.model_validate(value).model_dump(by_alias=True, exclude_unset=True))
    except Exception as error:  # as the client does
        made["error"] = str(error)
    return made if len(json.dumps(made)) <= LONGEST else None


def of_method(source: random.Random, method: str, request: bool, model: Any, type_name: str | None,
              counts: tuple[int, int], times: int) -> Iterator[dict]:
    payloads = Payloads(source)
    first = case(method, request, model, {})
    if first is not None:
        yield first
    for _ in range(counts[0] * times):
        whole = payloads.of_type(type_name) if type_name else {
            "userAgent": "codex/0.163.0 (Linux)", "serverInfo": {"name": "n", "version": None},
            "codexHome": "/x", "platformFamily": "unix"}
        values = [whole]
        for _ in range(counts[1]):
            # Now and then bent twice.
            values.append(payloads.bent(source.choice(values)))
        for value in values:
            if isinstance(value, dict):  # the client lets no other value come this far
                made = case(method, request, model, value)
                if made is not None:
                    yield made


def cases(source: random.Random, times: int) -> Iterator[dict]:
    for method, request, value in CHOSEN:
        name = TABLES["requests" if request else "notifications"][method]
        made = case(method, request, getattr(generated, name), value)
        assert made is not None
        yield made
    for method, model in sorted(NOTIFICATION_MODELS.items()):
        yield from of_method(source, method, False, model, TABLES["notifications"][method],
                             NOTIFICATIONS, times)
    for method, type_name in sorted(TABLES["requests"].items()):
        model = getattr(generated, type_name) if type_name else None
        if method == "initialize":
            model = InitializeResponse
        if model is not None:
            yield from of_method(source, method, True, model, type_name, RESPONSES, times)
