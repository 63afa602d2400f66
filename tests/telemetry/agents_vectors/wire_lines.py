"""Random lines of `codex exec --experimental-json`: valid, incomplete, of other types, damaged."""

from __future__ import annotations

import json
import random
from typing import Any

from vectors import Values, stable

ITEM_EVENTS = ["item.started", "item.updated", "item.completed"]
EVENTS = [*ITEM_EVENTS, "thread.started", "turn.started", "turn.completed", "turn.failed", "error"]
STATUSES = ["in_progress", "completed", "failed", "declined"]
JUNK: list[Any] = [
    None, True, False, 0, 1, -1, 2.5, 1.0, float("nan"), 10**30, "", "x", "é😀", "\ud800",
    "failed", [], [[]], [1, "a", None], ["x"], [{}], [{"a": None}], {}, {"a": 1},
    {"type": "unknown"},
]
ITEMS: dict[str, dict[str, Any]] = {
    "command_execution": {
        "id": "item_0", "command": "/bin/bash -lc ls", "aggregated_output": "a\nb\n",
        "exit_code": 0, "status": "completed",
    },
    "file_change": {
        "id": "item_1", "status": "completed",
        "changes": [{"path": "a.txt", "kind": "add"}, {"path": "é", "kind": "update"}],
    },
    "mcp_tool_call": {
        "id": "item_2", "server": "s", "tool": "t", "arguments": {"q": [1, 1.0, True]},
        "status": "failed", "result": {"content": [{"type": "text"}], "structured_content": 1e16},
        "error": {"message": "no"},
    },
    "agent_message": {"id": "item_3", "text": "done\u2028"},
    "reasoning": {"id": "item_4", "text": "**why**"},
    "web_search": {"id": "item_5", "query": "q"},
    "todo_list": {
        "id": "item_6", "items": [{"text": "a", "completed": True}, {"text": "b", "completed": 0}],
    },
    "error": {"id": "item_7", "message": "Model metadata not found"},
}
OTHER_ITEM_TYPES: list[Any] = [
    "unknown", "collab_tool_call", "", "Command_execution", "command_execution ", None, 1, True,
    ["command_execution"], {"type": "error"}, float("nan"),
]
OTHER_EVENT_TYPES: list[Any] = [
    "turn.continuation", "", "item", "item.Started", "ITEM.STARTED", "error ", "thread.started\n",
    None, 0, 1.5, True, [], {}, ["error"], {"type": "error"}, "codex.turn.start", "\ud83d",
]
BAD_BYTES = [
    b"\x80", b"\xbf", b"\xc0\xaf", b"\xc1\xbf", b"\xc3", b"\xc3(", b"\xe0\x80\x80", b"\xe0\xa0",
    b"\xe2\x82", b"\xe2\x82(", b"\xe2(\xa1", b"\xed\xa0\x80", b"\xed\xbf\xbf", b"\xef\xbf",
    b"\xf0\x80\x80\x80", b"\xf0\x9f", b"\xf0\x9f\x98", b"\xf0\x9f\x98(", b"\xf0\x9f(\x80",
    b"\xf4\x90\x80\x80", b"\xf5\x80\x80\x80", b"\xf8", b"\xfe", b"\xff", b"\xff\xfe\x00",
    b"\xf0\x90\x80", b"\xf4\x8f\xbf", b"\xc2\xc2", b"\xe1\x80\xe2\xf0\x91\x92",
]


class Lines:
    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.values = Values(source)

    def junk(self) -> Any:
        return self.random.choice(JUNK) if self.random.random() < 0.7 else self.values.any(2)

    def mutated(self, value: dict[str, Any]) -> dict[str, Any]:
        """The same with a key missing, of a wrong type, null, or one more; in another order."""
        out = dict(value)
        for _ in range(self.random.choice([0, 1, 1, 2])):
            roll = self.random.random()
            key = self.random.choice([*out, "id"]) if out else "id"
            if roll < 0.35:
                out.pop(key, None)
            elif roll < 0.75:
                out[key] = self.inner(out[key]) if key in out else self.junk()
            else:
                out[self.random.choice(["extra", "payload", "é", ""])] = self.junk()
        if self.random.random() < 0.2:
            keys = self.random.sample(list(out), len(out))
            out = {key: out[key] for key in keys}
        return out

    def inner(self, value: Any) -> Any:
        """Damage inside a list or an object, or junk in its place."""
        if self.random.random() < 0.5:
            return self.junk()
        if isinstance(value, dict):
            return self.mutated(value)
        if isinstance(value, list):
            parts = [self.inner(part) if self.random.random() < 0.5 else part for part in value]
            return parts[: self.random.randrange(len(parts) + 1)]
        return self.junk()

    def item(self) -> Any:
        roll = self.random.random()
        if roll < 0.04:
            return self.junk()
        if roll < 0.14:
            return {"type": self.random.choice(OTHER_ITEM_TYPES), **self.values.dict(1)}
        kind = self.random.choice(list(ITEMS))
        item = {"id": "", "type": kind, **ITEMS[kind]}
        return self.mutated(item) if self.random.random() < 0.8 else item

    def event(self) -> Any:
        roll = self.random.random()
        if roll < 0.05:
            return {"type": self.random.choice(OTHER_EVENT_TYPES), **self.values.dict(1)}
        if roll < 0.06:
            return self.values.dict(2)
        kind = self.random.choice(EVENTS + ITEM_EVENTS)
        body: dict[str, Any] = {"type": kind}
        if kind in ITEM_EVENTS:
            body["item"] = self.item()
        elif kind == "thread.started":
            body["thread_id"] = "0199a213-81c0-7800-8aa1-bbab2a035a53"
        elif kind == "turn.completed":
            body["usage"] = {"input_tokens": 24763, "cached_input_tokens": 24448,
                             "output_tokens": 122, "reasoning_output_tokens": 9}
        elif kind == "turn.failed":
            body["error"] = {"message": "unexpected status 401"}
        elif kind == "error":
            body["message"] = "Reconnecting... 1/5"
        return self.mutated(body) if self.random.random() < 0.4 else body

    def text(self, value: Any) -> str:
        """The same value, written in one of JSON's many ways."""
        value = stable(value)
        ascii_only = self.random.random() < 0.5
        separators = self.random.choice([(",", ":"), (", ", ": "), (" ,\t", "\t: ")])
        text = json.dumps(value, ensure_ascii=ascii_only, separators=separators)
        if not ascii_only:  # what UTF-8 can't hold stays escaped
            text = "".join(f"\\u{ord(c):04x}" if "\ud800" <= c <= "\udfff" else c for c in text)
        if text.startswith('{"') and self.random.random() < 0.06:
            key = self.random.choice(['"type"', '"item"', '"id"', '"x"'])
            text = "{" + key + ":" + json.dumps(self.junk()) + "," + text[1:]  # the last one wins
        return text

    def line(self) -> bytes:
        roll = self.random.random()
        if roll < 0.03:
            return self.text(self.junk()).encode()
        line = self.text(self.event()).encode()
        if roll < 0.10:
            line = self.damaged(line)
        elif roll < 0.13:
            line = self.random.choice([
                line + b"\r", b" \t" + line, line + b" \r", b"\xef\xbb\xbf" + line, line + b"\0",
                b"\0" + line, b"", b"\r", b"  ",
            ])
        elif roll < 0.18:
            at = self.random.choice([0, len(line), self.random.randrange(len(line) + 1)])
            line = line[:at] + self.random.choice(BAD_BYTES) + line[at:]
        return line

    def damaged(self, line: bytes) -> bytes:
        at = self.random.randrange(len(line))
        head, tail = line[:at], line[at:]
        return self.random.choice([
            head, tail, head + tail[1:], head + b"\\" + tail, head + b'"' + tail, line + line,
        ])

    def command_events(self) -> list[dict[str, Any]]:
        """Items that begin, change and end, a few ids at a time; some get lost or come twice."""
        ids = self.random.sample(["item_0", "item_1", "item_2", "é"], self.random.randrange(1, 4))
        if self.random.random() < 0.25:
            ids += self.random.sample([1, 1.0, True, 0, 2.5, -0.0, None, "", float("nan")], 2)
        if self.random.random() < 0.08:
            ids += [self.random.choice([[], {}, ["item_0"], {"id": 1}])]
        events = []
        for _ in range(self.random.randrange(1, 9)):
            item = {
                "id": self.random.choice(ids),
                "type": "command_execution",
                "command": self.values.text(40),
                "status": self.random.choice(STATUSES),
                "aggregated_output": self.random.choice([
                    "", None, self.values.text(60), "x" * self.random.randrange(200), self.junk(),
                ]),
                "exit_code": self.random.choice([None, 0, 1, 137, float("nan"), self.junk()]),
            }
            if self.random.random() < 0.2:
                kind = self.random.choice(["agent_message", "file_change", "unheard of"])
                item |= {"type": kind, "text": self.junk()}
            if self.random.random() < 0.3:
                del item[self.random.choice(["aggregated_output", "exit_code"])]
            events.append({"type": self.random.choice(ITEM_EVENTS), "item": item})
        return events
