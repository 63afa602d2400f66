"""A model that says what it was told to: the Responses API on loopback, answering from a list.

An answer is a list of compact items; each becomes one output item of the stream. `README.md` lists them.
"""
from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable

from . import RecordingError

Answer = list[dict[str, Any]]


class ScriptedModel:
    """Serves the answers in order, whoever asks: the processes of a session are run one after the other."""

    def __init__(self, answers: list[Answer]) -> None:
        self._answers = answers
        self._asked = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "ScriptedModel":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def next_answer(self) -> tuple[int, Answer | None]:
        with self._lock:
            number, self._asked = self._asked, self._asked + 1
        return number, self._answers[number] if number < len(self._answers) else None

    def check_used_up(self) -> None:
        """A script that codex did not follow is a mistake in the script, not a recording."""
        if self._asked != len(self._answers):
            raise RecordingError(f"the model was asked {self._asked} times and has {len(self._answers)} answers")


def _handler_for(model: ScriptedModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            if not self.path.endswith("/responses"):
                return self._reply(200, b"{}", "application/json")  # codex's own telemetry: swallowed
            number, answer = model.next_answer()
            if answer is None:
                return self._refuse(500, "the script has no further answer")
            if "http" in answer[0]:
                return self._refuse(answer[0]["http"], answer[0].get("error", "scripted failure"))
            self._reply(200, stream(number, answer), "text/event-stream")

        def do_GET(self) -> None:
            self._refuse(404, "not found")

        def _refuse(self, status: int, message: str) -> None:
            self._reply(status, json.dumps({"error": {"message": message}}).encode(), "application/json")

        def _reply(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def stream(number: int, answer: Answer) -> bytes:
    """One answer as server-sent events; a cut answer ends before `response.completed`."""
    events = [{"type": "response.created", "response": {"id": f"resp_{number}"}}]
    usage, cut = [10, 0, 5, 0], False
    for position, item in enumerate(answer):
        if "usage" in item:
            usage = item["usage"]
        elif item.get("cut"):
            cut = True
        else:
            events.append({"type": "response.output_item.done", "item": _item(item, f"{number}_{position}")})
    if not cut:
        events.append(_completed(number, usage))
    return "".join(f"event: {e['type']}\ndata: {json.dumps(e)}\n\n" for e in events).encode()


def _completed(number: int, usage: list[int]) -> dict[str, Any]:
    input_tokens, cached, output_tokens, reasoning = usage
    counts = {
        "input_tokens": input_tokens, "input_tokens_details": {"cached_tokens": cached},
        "output_tokens": output_tokens, "output_tokens_details": {"reasoning_tokens": reasoning},
        "total_tokens": input_tokens + output_tokens,
    }
    return {"type": "response.completed", "response": {"id": f"resp_{number}", "usage": counts}}


def _item(item: dict[str, Any], tag: str) -> dict[str, Any]:
    """The wire's output item for a compact one, told by its first known key."""
    for key, build in _BUILDERS.items():
        if key in item:
            return build(item, tag)
    raise RecordingError(f"an answer has an item of no known kind: {json.dumps(item)}")


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
