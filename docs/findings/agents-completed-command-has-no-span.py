"""A command that is only told of when it is completed leaves no span.

Shown with openai-agents 0.24.0, and needs that package alone.
Exit status: 0 it is so, 1 it is not.
"""

import asyncio
import json
import pathlib
import sys
import tempfile

from agents import Agent, RunConfig, Runner, set_trace_processors
from agents.extensions.experimental.codex import Codex, codex_tool
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call
from agents.tracing import TracingProcessor


class Spans(TracingProcessor):
    """Keeps what the client exports of its custom spans."""

    def __init__(self):
        self.started, self.ended = [], []

    def on_trace_start(self, trace): ...
    def on_trace_end(self, trace): ...
    def shutdown(self): ...
    def force_flush(self): ...

    def on_span_start(self, span):
        if span.span_data.type == "custom" and span.span_data.name.startswith("Codex"):
            self.started.append(span.export())

    def on_span_end(self, span):
        if span.span_data.type == "custom" and span.span_data.name.startswith("Codex"):
            self.ended.append(span.export())


SPANS = Spans()
set_trace_processors([SPANS])

# It says these, one after the other, each time it is started the next.
CODEX = """#!{python}
import pathlib, sys
sys.stdin.read()
outputs = {outputs!r}
count = pathlib.Path(__file__ + ".count")
number = int(count.read_text()) if count.exists() else 0
count.write_text(str(number + 1))
sys.stdout.write(outputs[number])
sys.stdout.flush()
sys.exit({status})
"""


async def run(*outputs, status=0, traced=False, **options):
    """A run whose model calls codex once for each of the outputs; what the run was."""
    with tempfile.TemporaryDirectory() as folder:
        codex = pathlib.Path(folder, "codex")
        codex.write_text(CODEX.format(python=sys.executable, outputs=outputs, status=status))
        codex.chmod(0o755)
        tool = codex_tool(codex=Codex(codex_path_override=str(codex)), **options)
        ask = {"inputs": [{"type": "text", "text": "go"}]}
        calls = [function_call("codex", ask, call_id=f"call_{n}") for n in range(len(outputs))]
        steps = [*([call] for call in calls), [assistant_message("done")]]
        model = ScriptedModel([ModelStep(output=step) for step in steps])
        agent = Agent(name="a", model=model, tools=[tool])
        return await Runner.run(agent, "Go.", run_config=RunConfig(tracing_disabled=not traced))


def lines(*events):
    return "".join(json.dumps(event) + "\n" for event in events)


THREAD = {"type": "thread.started", "thread_id": "thread-1"}


def usage(tokens, **more):
    counts = {"input_tokens": tokens, "cached_input_tokens": 0, "output_tokens": 0, **more}
    return {"type": "turn.completed", "usage": counts}


item = {"id": "c", "type": "command_execution", "command": "ls", "status": "completed"}
completed = {"type": "item.completed", "item": {**item, "exit_code": 0}}
asyncio.run(run(lines(THREAD, completed, usage(5)), traced=True))
print(len(SPANS.ended), "spans of one command")
sys.exit(0 if not SPANS.ended else 1)
