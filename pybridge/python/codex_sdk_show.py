"""What the client handed to its user, as JSON can say it: names, payloads, exceptions.

One to one: a model is shown as its own `model_dump` has it, under the wire's names, without what
the wire did not set. Nothing is filled in.
"""

from __future__ import annotations

import re
from typing import Any

from openai_codex import TurnResult
from openai_codex.generated.v2_all import TurnCompletedNotification
from openai_codex.models import Notification, UnknownNotification

# What has a namespace of its own in the telemetry library. Every other method is named by rule.
EVENT_NAMES = {
    "thread/started": "codex.thread.start",
    "turn/started": "codex.turn.start",
    "item/started": "codex.item.started",
    "item/completed": "codex.item.completed",
    "thread/tokenUsage/updated": "codex.thread.token_usage.updated",
    "turn/diff/updated": "codex.turn.diff.updated",
    "turn/plan/updated": "codex.turn.plan.updated",
    "thread/compacted": "codex.thread.compacted",
    "error": "codex.turn.error",
}
TURN_ENDS = {
    "completed": "codex.turn.completed",
    "failed": "codex.turn.failed",
    "interrupted": "codex.turn.interrupted",
}
UNKNOWN_EVENT = "codex.session.unknown"


def event(notification: Notification) -> tuple[str, Any]:
    """Name and data of the observation that a notification is."""
    payload = notification.payload
    if isinstance(payload, UnknownNotification):
        return UNKNOWN_EVENT, {"type": notification.method, "payload": payload.params}
    return _event_name(notification), model(payload)


def _event_name(notification: Notification) -> str:
    method = notification.method
    if method == "turn/completed":
        status = notification.payload.turn.status
        return TURN_ENDS.get(getattr(status, "value", status), "codex.turn.completed")
    return event_names(method)[0]


def event_names(method: str) -> list[str]:
    """The names that its notifications can have."""
    if method == "turn/completed":
        return list(TURN_ENDS.values())
    return [
        EVENT_NAMES.get(method) or ".".join(["codex", *map(_snake_case, method.split("/"))])
    ]


def _snake_case(segment: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: "_" + letter.group().lower(), segment)


def ends_turn(notification: Notification, turn_id: str) -> bool:
    """As the client's own loops have it (client.py: wait_for_turn_completed)."""
    payload = notification.payload
    return (
        notification.method == "turn/completed"
        and isinstance(payload, TurnCompletedNotification)
        and payload.turn.id == turn_id
    )


def model(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(by_alias=True, exclude_unset=True)
    return value


def turn_result(result: TurnResult) -> dict[str, Any]:
    return {
        "id": result.id,
        "status": result.status,
        "error": model(result.error),
        "started_at": result.started_at,
        "completed_at": result.completed_at,
        "duration_ms": result.duration_ms,
        "final_response": result.final_response,
        "items": [model(item) for item in result.items],
    }


def exception(error: BaseException) -> dict[str, Any]:
    return {"exception": {"class": _class_name(type(error)), "text": str(error)}}


def _class_name(kind: type) -> str:
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"
