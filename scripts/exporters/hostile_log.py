"""A log of `codex exec --json` whose names are hostile: what becomes of them in label values is what is tested."""
from __future__ import annotations

import json
from pathlib import Path

LABELS = Path(__file__).resolve().parents[2] / "tests/telemetry/hostile_labels.json"


def labels() -> list[str]:
    """Those that can stand in JSON: what is no UTF-8 comes as lone surrogates."""
    found = json.loads(LABELS.read_text(encoding="utf-8"))
    texts = [each if isinstance(each, str) else bytes(each["bytes"]).decode("utf-8", "surrogateescape") for each in found]
    return [*texts, "\ud800", "a\udfffb"]


def log(turns: int = 20) -> bytes:
    """Each label as the type of items, as often as its place in the list says, over some turns."""
    lines: list[object] = [{"type": "thread.started", "thread_id": "01a206d6-c6ef-7a92-87fe-f773980b79e3"}]
    for turn in range(turns):
        lines.append({"type": "turn.started"})
        for place, label in enumerate(labels()):
            if turn % (place % 7 + 1):
                continue
            item = {"id": f"item_{turn}_{place}", "type": label, "server": label, "tool": label, "status": "completed"}
            lines.append({"type": "item.started", "item": item})
            lines.append({"type": "item.completed", "item": item})
        command = {"id": f"item_{turn}_c", "type": "command_execution", "command": "true"}
        lines.append({"type": "item.started", "item": command | {"status": "in_progress"}})
        lines.append({"type": "item.completed", "item": command | {"status": "completed", "exit_code": 0}})
        usage = {"input_tokens": 1000 * turn, "cached_input_tokens": 100 * turn, "output_tokens": 7 * turn}
        lines.append({"type": "turn.completed", "usage": usage} if turn % 5 else
                     {"type": "turn.failed", "error": {"message": "no\nsuch|c thing"}})
    lines.append("no object")
    return "".join(json.dumps(line) + "\n" for line in lines).encode()
