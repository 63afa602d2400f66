"""Drive the real `openai-agents` client from a tape's driver and report what its user may see.

Only public hooks are used: `on_stream`, a `TracingProcessor`, a `logging.Handler` on the logger
`openai.agents`, `RunHooks`, the run's usage, and its result or exception. Nothing is filled in:
what the client does not hand to its user is not reported.

`run(driver, peer, env, emit)` is called once in a process that was forked for one session;
`emit(lane, name, data)` sends one observation at once.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from typing import Any, Callable

import agents
from agents import Agent, RunConfig, RunHooks, Runner
from agents.extensions.experimental.codex import CodexToolResult, codex_tool
from agents.extensions.experimental.codex.codex import Codex
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call
from agents.tracing import TracingProcessor, get_current_span
from agents.usage import Usage, serialize_usage

PACKAGE = "openai-agents"
LOGGER = "openai.agents"

Emit = Callable[[str, str, Any], None]

# One to one: what the client calls an event, and the documented namespace that the same moment
# has in the telemetry library. The payload is the client's own, less the `type` that became the
# name.
EVENT_NAMES = {
    "thread.started": "codex.thread.start",
    "turn.started": "codex.turn.start",
    "turn.completed": "codex.turn.completed",
    "turn.failed": "codex.turn.failed",
    "item.started": "codex.item.started",
    "item.updated": "codex.item.updated",
    "item.completed": "codex.item.completed",
    "error": "codex.thread.exception",
}
UNKNOWN_EVENT = "codex.session.unknown"


class Recorder:
    """Names lanes: what belongs to a tool call goes to that call's lane, the rest to `run`.

    Calls are numbered as the driver lists them. Which call a log record belongs to is told by
    the span that is current: `on_tool_start` runs under the call's function span and knows the
    call's id, so records that came earlier under the same span wait for it.
    """

    def __init__(self, driver: dict[str, Any], emit: Emit) -> None:
        self._emit = emit
        self._call_numbers: dict[str, int] = {}
        for step in driver["steps"]:
            for call in step.get("calls", []):
                self._call_numbers.setdefault(call["call_id"], len(self._call_numbers) + 1)
        self._span_calls: dict[int, int] = {}
        self._kept_spans: list[Any] = []  # keeps id() unique for the length of the run
        self._waiting: dict[int, list[tuple[str, str, Any]]] = {}

    def call_scope(self, call_id: str) -> str:
        return f"call:{self._call_numbers.get(call_id, 0)}"

    def run(self, channel: str, name: str, data: Any) -> None:
        self._emit(f"{channel}/run", name, data)

    def call(self, channel: str, call_id: str, name: str, data: Any) -> None:
        self._emit(f"{channel}/{self.call_scope(call_id)}", name, data)

    def enter_call(self, call_id: str) -> None:
        """The current span is the function span of `call_id`: send what waited for it."""
        span = get_current_span()
        if span is None:
            return
        number = self._call_numbers.get(call_id, 0)
        self._kept_spans.append(span)
        self._span_calls[id(span)] = number
        for channel, name, data in self._waiting.pop(id(span), []):
            self._emit(f"{channel}/call:{number}", name, data)

    def current(self, channel: str, name: str, data: Any) -> None:
        """In the lane of the current call, where the current span belongs to one."""
        span = get_current_span()
        if span is None or not _is_function_span(span):
            self._emit(f"{channel}/run", name, data)
            return
        number = self._span_calls.get(id(span))
        if number is not None:
            self._emit(f"{channel}/call:{number}", name, data)
            return
        self._kept_spans.append(span)
        self._waiting.setdefault(id(span), []).append((channel, name, data))

    def finish(self) -> None:
        """What never learned its call (the run ended before `on_tool_start`) is the run's."""
        for records in self._waiting.values():
            for channel, name, data in records:
                self._emit(f"{channel}/run", name, data)
        self._waiting.clear()


def _is_function_span(span: Any) -> bool:
    return getattr(span.span_data, "type", None) == "function"


class SpanRecorder(TracingProcessor):
    """Snapshots inside the callback: the live object's data changes between start and end."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._tasks: list[Any] = []

    def _task(self) -> int:
        try:
            task = asyncio.current_task()
        except RuntimeError:
            task = None
        for number, known in enumerate(self._tasks):
            if known is task:
                return number
        self._tasks.append(task)
        return len(self._tasks) - 1

    def on_trace_start(self, trace: Any) -> None:
        self._emit("span/run", "trace.start", {"export": trace.export(), "task": self._task()})

    def on_trace_end(self, trace: Any) -> None:
        self._emit("span/run", "trace.end", {"export": trace.export(), "task": self._task()})

    def on_span_start(self, span: Any) -> None:
        self._emit("span/run", "span.start", {"export": span.export(), "task": self._task()})

    def on_span_end(self, span: Any) -> None:
        self._emit("span/run", "span.end", {"export": span.export(), "task": self._task()})

    def shutdown(self) -> None:
        pass

    def force_flush(self) -> None:
        pass


class LogRecorder(logging.Handler):
    def __init__(self, recorder: Recorder) -> None:
        super().__init__(logging.DEBUG)
        self._recorder = recorder

    def emit(self, record: logging.LogRecord) -> None:
        exception = record.exc_info[0] if record.exc_info else None
        data = {
            "logger": record.name,
            "level": record.levelname,
            "template": str(record.msg),
            "args": [_log_argument(argument) for argument in record.args or ()],
            "exception": _class_name(exception) if exception else None,
        }
        self._recorder.current("log", record.name, data)


class HookRecorder(RunHooks[Any]):
    def __init__(self, recorder: Recorder, results: dict[str, Any]) -> None:
        self._recorder = recorder
        self._results = results

    async def on_agent_start(self, context: Any, agent: Any) -> None:
        self._recorder.run("hook", "on_agent_start", {"agent": agent.name})

    async def on_llm_start(
        self, context: Any, agent: Any, system_prompt: Any, input_items: Any
    ) -> None:
        data = {"agent": agent.name, "system_prompt": system_prompt, "input": plain(input_items)}
        self._recorder.run("hook", "on_llm_start", data)

    async def on_llm_end(self, context: Any, agent: Any, response: Any) -> None:
        data = {
            "agent": agent.name,
            "response_id": response.response_id,
            "output": plain(response.output),
            "usage": serialize_usage(response.usage),
        }
        self._recorder.run("hook", "on_llm_end", data)

    async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
        self._recorder.enter_call(context.tool_call_id)
        data = {
            "agent": agent.name,
            "tool": tool.name,
            "call_id": context.tool_call_id,
            "arguments": context.tool_arguments,
        }
        self._recorder.call("hook", context.tool_call_id, "on_tool_start", data)

    async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
        call_id = context.tool_call_id
        shown = _tool_result(result)
        data = {"agent": agent.name, "tool": tool.name, "call_id": call_id, "result": shown}
        self._recorder.call("hook", call_id, "on_tool_end", data)
        completed = isinstance(result, CodexToolResult)
        self._results[call_id] = completed
        outcome = {"outcome": "completed" if completed else "failed", "text": str(result)}
        self._recorder.call("outcome", call_id, tool.name, outcome)

    async def on_agent_end(self, context: Any, agent: Any, output: Any) -> None:
        self._recorder.run("hook", "on_agent_end", {"agent": agent.name, "output": plain(output)})

    async def on_handoff(self, context: Any, from_agent: Any, to_agent: Any) -> None:
        data = {"from": from_agent.name, "to": to_agent.name}
        self._recorder.run("hook", "on_handoff", data)


def prepare() -> None:
    """Once, after import and before any run: no default exporter may ever see a trace."""
    agents.set_trace_processors([])


def run(driver: dict[str, Any], peer: str, env: dict[str, str], emit: Emit) -> None:
    """Run one session and report it. Ends with the observation `outcome/run`."""
    recorder = Recorder(driver, emit)
    results: dict[str, Any] = {}
    logger = logging.getLogger(LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    logger.addHandler(LogRecorder(recorder))
    agents.set_trace_processors([SpanRecorder(emit)])
    try:
        outcome, data = asyncio.run(_session(driver, peer, env, recorder, results))
    finally:
        recorder.finish()
    if outcome == "completed" and not all(results.values()):
        outcome = "failed"
    recorder.run("outcome", outcome, data)


async def _session(
    driver: dict[str, Any],
    peer: str,
    env: dict[str, str],
    recorder: Recorder,
    results: dict[str, Any],
) -> tuple[str, Any]:
    agent = Agent(
        name=driver["agent"]["name"],
        instructions=driver["agent"]["instructions"],
        model=_model(driver),
        tools=[_tool(driver, peer, env, recorder)],
    )
    arguments: dict[str, Any] = {
        "input": driver["prompt"],
        "hooks": HookRecorder(recorder, results),
        "max_turns": driver["max_turns"],
        "run_config": RunConfig(**_given(driver["run_config"])),
    }
    if driver["context"] is not None:
        arguments["context"] = driver["context"]
    try:
        if driver["streamed"]:
            result: Any = Runner.run_streamed(agent, **arguments)
            async for _ in result.stream_events():
                pass
        else:
            result = await Runner.run(agent, **arguments)
    except Exception as error:
        run_data = getattr(error, "run_data", None)
        if run_data is not None:
            recorder.run("usage", "run", serialize_usage(run_data.context_wrapper.usage))
        return "failed", {"exception": {"class": _class_name(type(error)), "text": str(error)}}
    recorder.run("usage", "run", serialize_usage(result.context_wrapper.usage))
    items = [{"type": item.type, "item": plain(item.raw_item)} for item in result.new_items]
    data = {
        "final_output": plain(result.final_output),
        "last_response_id": result.last_response_id,
        "new_items": items,
    }
    return "completed", data


def _model(driver: dict[str, Any]) -> ScriptedModel:
    name = driver["codex_tool"].get("name") or "codex"
    steps = []
    for step in driver["steps"]:
        output = [
            function_call(name, call["arguments"], call_id=call["call_id"])
            for call in step.get("calls", [])
        ]
        if "message" in step:
            output.append(assistant_message(step["message"], item_id=driver["model"]["message_id"]))
        response_id = driver["model"]["response_id"]
        usage = _usage(step.get("usage"))
        steps.append(ModelStep(output=output, usage=usage, response_id=response_id))
    return ScriptedModel(steps, emit_traces=driver["model"]["emit_traces"])


def _usage(given: dict[str, Any] | None) -> Usage:
    if given is None:
        return Usage(requests=1)
    fields = {"input_tokens": 0, "output_tokens": 0, "requests": 1, **given}
    fields.setdefault("total_tokens", fields["input_tokens"] + fields["output_tokens"])
    return Usage(**fields)


def _tool(driver: dict[str, Any], peer: str, env: dict[str, str], recorder: Recorder) -> Any:
    def on_stream(payload: Any) -> None:
        event = plain(payload.event)
        kind = event.pop("type", None)
        name = EVENT_NAMES.get(kind, UNKNOWN_EVENT) if isinstance(kind, str) else UNKNOWN_EVENT
        if name == UNKNOWN_EVENT:
            event["type"] = kind
        recorder.call("event", payload.tool_call.call_id, name, event)

    options = dict(driver["codex_tool"])
    client_env = {**options.pop("env", {}), **env}
    limit = options.pop("codex_subprocess_stream_limit_bytes", None)
    failure = driver["failure_error_function"]
    if failure is None:
        options["failure_error_function"] = None
    elif failure != "default":
        options["failure_error_function"] = lambda context, error: failure["text"]
    codex = Codex(
        codex_path_override=peer, env=client_env, codex_subprocess_stream_limit_bytes=limit
    )
    return codex_tool(codex=codex, on_stream=on_stream, **options)


def _given(settings: dict[str, Any]) -> dict[str, Any]:
    """A null in the driver means: not given, the client's own default holds."""
    return {key: value for key, value in settings.items() if value is not None}


def _tool_result(result: Any) -> Any:
    if isinstance(result, CodexToolResult):
        return {"type": "CodexToolResult", **plain(result)}
    return {"type": type(result).__name__, "text": str(result)}


def _log_argument(argument: Any) -> Any:
    if argument is None or isinstance(argument, (str, int, float)):
        return argument
    return {"class": _class_name(type(argument)), "text": str(argument)}


def _class_name(kind: type[BaseException] | type) -> str:
    if kind.__module__ == "builtins":
        return kind.__qualname__
    return f"{kind.__module__}.{kind.__qualname__}"


def plain(value: Any) -> Any:
    """What JSON can say of a value; keys and order as the client has them.

    Not by recursion: what the client could read, however deep, is shown.
    """
    made: list[Any] = [None]
    waiting: list[tuple[Any, Any, Any]] = [(made, 0, value)]
    while waiting:
        holder, key, value = waiting.pop()
        if hasattr(value, "model_dump"):
            value = value.model_dump(exclude_unset=True)
        elif dataclasses.is_dataclass(value) and not isinstance(value, type):
            value = {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
        if isinstance(value, dict):
            holder[key] = dict.fromkeys(value)
            waiting.extend((holder[key], name, item) for name, item in value.items())
        elif isinstance(value, (list, tuple)):
            holder[key] = [None] * len(value)
            waiting.extend((holder[key], index, item) for index, item in enumerate(value))
        else:
            holder[key] = value
    return made[0]
