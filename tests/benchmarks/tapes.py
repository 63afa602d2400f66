#!/usr/bin/env python3
"""Makes the sessions that the observers and the Python clients are fed with.

    tapes.py FOLDER LINES     writes FOLDER/exec.jsonl and FOLDER/app_server.jsonl

One turn of commands and messages, as codex writes them, of LINES lines or a few more.
"""

import json
import pathlib
import sys

OUTPUT = "total 4\ndrwxr-xr-x 2 u u 4096 .\n"
MESSAGE = "I ran the command and it worked; here are the files."
COMMAND = "/bin/bash -lc 'ls -la'"
THREAD = "0199a213-81c0-7800-8aa1-bbab2a035a53"


def exec_lines(count):
    yield {"type": "thread.started", "thread_id": THREAD}
    yield {"type": "turn.started"}
    for number in range(count // 5 * 2):
        item = {
            "id": f"item_{number}",
            "type": "command_execution",
            "command": COMMAND,
            "aggregated_output": "",
            "exit_code": None,
            "status": "in_progress",
        }
        yield {"type": "item.started", "item": item}
        yield {
            "type": "item.completed",
            "item": {**item, "aggregated_output": OUTPUT, "exit_code": 0, "status": "completed"},
        }
        if number % 2 == 0:
            message = {"id": f"item_m{number}", "type": "agent_message", "text": MESSAGE}
            yield {"type": "item.completed", "item": message}
    usage = {"input_tokens": 100, "cached_input_tokens": 50, "output_tokens": 20}
    yield {"type": "turn.completed", "usage": usage}


def app_server_lines(count):
    turn = {"id": "1", "items": [], "status": "inProgress", "error": None}
    yield {"method": "turn/started", "params": {"threadId": THREAD, "turn": turn}}
    for number in range(count // 5):
        ids = {"threadId": THREAD, "turnId": "1"}
        item = {"id": f"item_{number}", "type": "agentMessage", "text": ""}
        yield {"method": "item/started", "params": {"item": item, **ids, "startedAtMs": 0}}
        for piece in (MESSAGE[:20], MESSAGE[20:40], MESSAGE[40:]):
            params = {**ids, "itemId": item["id"], "delta": piece}
            yield {"method": "item/agentMessage/delta", "params": params}
        params = {"item": {**item, "text": MESSAGE}, **ids, "completedAtMs": 0}
        yield {"method": "item/completed", "params": params}
    turn = {**turn, "status": "completed"}
    yield {"method": "turn/completed", "params": {"threadId": THREAD, "turn": turn}}


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    for name, lines in (("exec", exec_lines(count)), ("app_server", app_server_lines(count))):
        with (folder / f"{name}.jsonl").open("w", encoding="utf-8") as file:
            for line in lines:
                file.write(json.dumps(line, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
