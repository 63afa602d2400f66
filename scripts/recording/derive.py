"""From an exec driver to the steps of an app-server session that does the same: for each codex call a thread and a
turn, one after the other, with the call's inputs and the tool's options."""
from __future__ import annotations

import re
from typing import Any

from . import RecordingError
from .driver import Call, planned_calls, thread_options

Step = dict[str, Any]
_THREAD_OF_CALL = re.compile(r"<thread of call (\d+)>")


def derived_steps(driver: dict[str, Any], mcp_servers: list[str]) -> list[Step]:
    """Each turn begins when all MCP servers are there, so that their notifications have one place."""
    steps: list[Step] = []
    for number, call in enumerate(planned_calls(driver), 1):
        thread = f"thread_{number}"
        steps.append(_open(call, thread))
        if not call.thread_id:
            steps += (_ready(name) for name in mcp_servers)
        steps.append({"request": {"method": "turn/start", "params": _turn(call, thread)},
                      "save": {f"turn_{number}": "/turn/id"}})
        steps.append({"wait": {"method": "turn/completed", "params": {"turn": {"id": f"$turn_{number}"}}}})
    return steps


def _ready(mcp_server: str) -> Step:
    return {"wait": {"method": "mcpServer/startupStatus/updated", "params": {"name": mcp_server, "status": "ready"}}}


def _open(call: Call, name: str) -> Step:
    params = _thread(thread_options(call.options))
    save = {name: "/thread/id"}
    if not call.thread_id:
        return {"request": {"method": "thread/start", "params": params}, "save": save}
    earlier = _THREAD_OF_CALL.fullmatch(call.thread_id)
    if not earlier:
        raise RecordingError(f"the thread {call.thread_id} was not begun in this session: give an \"app_server\" "
                             "part, or say \"transports\": [\"exec\"]")
    return {"request": {"method": "thread/resume", "params": {"threadId": f"$thread_{earlier[1]}", **params}},
            "save": save}


def _thread(options: dict[str, Any]) -> dict[str, Any]:
    if options.get("additional_directories"):
        raise RecordingError("additional_directories have no counterpart in thread/start: give an \"app_server\" part, "
                             "or say \"transports\": [\"exec\"]")
    named = {"approvalPolicy": options.get("approval_policy"), "config": _config(options) or None,
             "cwd": options.get("working_directory"), "model": options.get("model"),
             "sandbox": options.get("sandbox_mode")}
    return {key: value for key, value in named.items() if value is not None}


def _config(options: dict[str, Any]) -> dict[str, Any]:
    config: dict[str, Any] = {}
    if options.get("model_reasoning_effort"):
        config["model_reasoning_effort"] = options["model_reasoning_effort"]
    if options.get("network_access_enabled") is not None:
        config["sandbox_workspace_write.network_access"] = options["network_access_enabled"]
    if options.get("web_search_mode"):
        config["web_search"] = options["web_search_mode"]
    elif options.get("web_search_enabled") is not None:
        config["web_search"] = "live" if options["web_search_enabled"] else "disabled"
    return config


def _turn(call: Call, thread: str) -> dict[str, Any]:
    schema = {"outputSchema": call.output_schema} if call.output_schema else {}
    return {**schema, "threadId": f"${thread}", "input": [_input(item) for item in call.arguments["inputs"]]}


def _input(item: dict[str, Any]) -> dict[str, Any]:
    if item["type"] == "local_image":
        return {"type": "localImage", "path": item["path"]}
    return {"type": "text", "text": item["text"]}
