"""From a data file's compact answers to the events of the Responses API. `README.md` lists the items."""
from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Callable, Iterator

from . import RecordingError

Answer = list[dict[str, Any]]
_RUNNING = re.compile(r"running with session ID (\d+)")


@dataclass(frozen=True)
class Sleep:
    seconds: float


@dataclass(frozen=True)
class Hold:
    """Until the session's steps release it."""

    name: str


Part = dict[str, Any] | Sleep | Hold


def events(tag: str, answer: Answer, asked: str = "") -> list[Part]:
    """One answer's stream to what was asked; a cut answer ends before `response.completed`. Ids of its items end with
    `tag`."""
    parts: list[Part] = [{"type": "response.created", "response": {"id": f"resp_{tag}"}}]
    usage, cut, position = [10, 0, 5, 0], False, 0
    for item in answer:
        pause = _pause(item)
        if pause:
            parts.append(pause)
        elif "usage" in item:
            usage = item["usage"]
        elif item.get("cut"):
            cut = True
        elif "type_in" in item:
            parts += _streamed(_typed(item, asked), f"{tag}_{position}")
            position += 1
        else:
            parts += _streamed(item, f"{tag}_{position}")
            position += 1
    if not cut:
        parts.append(_completed(tag, usage))
    return parts


def check(answer: Any, where: str) -> None:
    """Builds the answer once, so that a mistake in it is told before codex is started."""
    if not isinstance(answer, list) or not all(isinstance(item, dict) for item in answer):
        raise RecordingError(f"{where} is not a list of items (objects)")
    try:
        if not any("http" in item for item in answer):
            events("0", answer)
    except RecordingError as error:
        raise RecordingError(f"{where}: {error}") from None
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise RecordingError(f"{where}: an item is not of its kind's form ({error}); "
                             "scripts/recording/README.md lists them") from None


def _typed(item: dict[str, Any], asked: str) -> dict[str, Any]:
    """`write_stdin` to the command that was started last: codex told the model its number."""
    running = _RUNNING.findall(asked)
    arguments = {"session_id": int(running[-1]) if running else 0, "chars": item["type_in"], **item.get("with", {})}
    return {"tool": "write_stdin", "arguments": arguments}


def _pause(item: Any) -> Sleep | Hold | None:
    if isinstance(item, dict) and "sleep" in item:
        return Sleep(float(item["sleep"]))
    if isinstance(item, dict) and "hold" in item:
        return Hold(str(item["hold"]))
    return None


def _completed(tag: str, usage: list[int]) -> dict[str, Any]:
    input_tokens, cached, output_tokens, reasoning = usage
    counts = {
        "input_tokens": input_tokens, "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output_tokens, "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": input_tokens + output_tokens,
    }
    return {"type": "response.completed", "response": {"id": f"resp_{tag}", "usage": counts}}


def _streamed(item: dict[str, Any], tag: str) -> Iterator[Part]:
    """The events of one item: what streams is added first, then comes piece by piece."""
    if "deltas" in item:
        whole = _message({**item, "message": _joined(item["deltas"])}, tag)
        yield {"type": "response.output_item.added", "item": {**whole, "content": []}}
        place = {"item_id": whole["id"], "content_index": 0}
        yield from _deltas("response.output_text.delta", place, item["deltas"])
    elif "reasoning_deltas" in item:
        whole = _reasoning({"reasoning": [_joined(part) for part in item["reasoning_deltas"]]}, tag)
        yield {"type": "response.output_item.added", "item": {**whole, "summary": []}}
        for index, part in enumerate(item["reasoning_deltas"]):
            place = {"item_id": whole["id"], "summary_index": index}
            yield {"type": "response.reasoning_summary_part.added", **place}
            yield from _deltas("response.reasoning_summary_text.delta", place, part)
    else:
        whole = _item(item, tag)
    yield {"type": "response.output_item.done", "item": whole}


def _deltas(kind: str, place: dict[str, Any], pieces: list[Any]) -> Iterator[Part]:
    for piece in pieces:
        yield _pause(piece) or {"type": kind, **place, "delta": piece}


def _joined(pieces: list[Any]) -> str:
    return "".join(piece for piece in pieces if isinstance(piece, str))


def _item(item: dict[str, Any], tag: str) -> dict[str, Any]:
    """The wire's output item for a compact one, told by its first known key."""
    for key, build in _BUILDERS.items():
        if key in item:
            return build(item, tag)
    known = [*_BUILDERS, "deltas", "reasoning_deltas", "type_in", "sleep", "hold", "usage", "cut", "http"]
    raise RecordingError(f"an item of no known kind: {json.dumps(item)}; known: {', '.join(known)}")


def _message(item: dict[str, Any], tag: str) -> dict[str, Any]:
    phase = {"phase": item["phase"]} if "phase" in item else {}
    content = [{"type": "output_text", "text": _text(item["message"])}]
    return {"type": "message", "role": "assistant", "id": f"msg_{tag}", "content": content, **phase}


def _reasoning(item: dict[str, Any], tag: str) -> dict[str, Any]:
    parts = item["reasoning"] if isinstance(item["reasoning"], list) else [item["reasoning"]]
    summary = [{"type": "summary_text", "text": part} for part in parts]
    return {"type": "reasoning", "id": f"rs_{tag}", "summary": summary, "content": None, "encrypted_content": None}


def _command(item: dict[str, Any], tag: str) -> dict[str, Any]:
    # No login shell: a profile of the machine must not be able to print into a tape.
    return _function("exec_command", {"cmd": _text(item["command"]), "login": False, **item.get("with", {})}, tag)


def _patch(item: dict[str, Any], tag: str) -> dict[str, Any]:
    return {"type": "custom_tool_call", "name": "apply_patch", "input": _text(item["patch"]), "call_id": f"call_{tag}"}


def _search(item: dict[str, Any], tag: str) -> dict[str, Any]:
    action = {"type": "search", "query": item["search"]}
    return {"type": "web_search_call", "id": f"ws_{tag}", "status": "completed", "action": action}


def _tool(item: dict[str, Any], tag: str) -> dict[str, Any]:
    call = _function(item["tool"], item.get("arguments", {}), tag)
    return {**call, **({"namespace": item["namespace"]} if "namespace" in item else {})}


def _function(name: str, arguments: dict[str, Any], tag: str) -> dict[str, Any]:
    return {"type": "function_call", "name": name, "arguments": json.dumps(arguments), "call_id": f"call_{tag}"}


def _text(value: str | list[str]) -> str:
    """A text, or its lines: data files hold what has several lines as a list."""
    return value if isinstance(value, str) else "".join(line + "\n" for line in value)


_BUILDERS: dict[str, Callable[[dict[str, Any], str], dict[str, Any]]] = {
    "message": _message,
    "reasoning": _reasoning,
    "command": _command,
    "patch": _patch,
    "search": _search,
    "plan": lambda item, tag: _function("update_plan", {"plan": item["plan"]}, tag),
    "tool": _tool,
    "item": lambda item, tag: item["item"],
}
