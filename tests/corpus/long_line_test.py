"""Lines of 8 MiB, the client's limit: made here, they would be a burden to the repository."""
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

from . import ROOT

TOOL = os.environ.get("CTD_TOOL", str(ROOT / "build/codex-telemetry-diff"))
LIMIT = 8 * 1024 * 1024


def tape(size: int) -> str:
    """A session whose second line has that many bytes, without its end."""
    item = {"id": "c", "type": "command_execution", "command": "cat", "aggregated_output": "",
            "exit_code": 0, "status": "completed"}
    event = {"type": "item.completed", "item": item}
    item["aggregated_output"] = "x" * (size - len(json.dumps(event, separators=(",", ":"))))
    answer = {"type": "item.completed", "item": {"id": "m", "type": "agent_message", "text": "Yes."}}
    lines = [
        {"tape": 1, "transport": "exec", "title": "A long line",
         "driver": {"steps": [{"calls": [{"call_id": "call_1", "arguments": {
             "inputs": [{"type": "text", "text": "go"}]}}]}, {"message": "done"}]}},
        {">": {"argv": ["exec", "--experimental-json", "-"], "stdin": "go"}},
        {"<": {"type": "thread.started", "thread_id": "thread-1"}},
        {"<": event},
        {"<": answer},
    ]
    return "".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines)


class LongLineTest(unittest.TestCase):
    def test_both_sides_draw_the_line_at_the_same_place(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            for name, size in (("at", LIMIT), ("under", LIMIT - 1), ("over", 2 * LIMIT)):
                Path(folder, name + ".tape.jsonl").write_text(tape(size), encoding="utf-8")
            command = [TOOL, "replay", folder, "--python", str(ROOT / ".venv"), "--no-golden", "--format", "json"]
            done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        outcomes = {
            session["session"]: {name: each["outcome"] for name, each in session["subjects"].items()}
            for session in json.loads(done.stdout)["sessions"]
        }
        said = {"completed": {"cpp": "completed", "agents": "completed"}, "failed": {"cpp": "failed", "agents": "failed"}}
        self.assertEqual(outcomes, {"at": said["completed"], "under": said["completed"], "over": said["failed"]})


if __name__ == "__main__":
    unittest.main()
