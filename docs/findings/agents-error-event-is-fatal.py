"""A passing error that codex recovers from fails the call.

Shown with openai-agents 0.24.0, and needs that package alone.
Exit status: 0 it is so, 1 it is not.
"""

import asyncio
import json
import pathlib
import sys
import tempfile

from agents import Agent, RunConfig, Runner
from agents.extensions.experimental.codex import Codex, codex_tool
from agents.testing import ModelStep, ScriptedModel, assistant_message, function_call

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


def answers(result):
    """What the model was told of each call."""
    return [str(item.output) for item in result.new_items if item.type == "tool_call_output_item"]


THREAD = {"type": "thread.started", "thread_id": "thread-1"}
ANSWER = {"type": "item.completed", "item": {"id": "m", "type": "agent_message", "text": "Yes."}}


def usage(tokens, **more):
    counts = {"input_tokens": tokens, "cached_input_tokens": 0, "output_tokens": 0, **more}
    return {"type": "turn.completed", "usage": counts}


# What the real codex says while it reconnects, and then the turn goes on to its end.
passing = {"type": "error", "message": "Reconnecting... 1/5"}
told = answers(asyncio.run(run(lines(THREAD, passing, ANSWER, usage(5)))))[0]
print("the model is told:", told)
sys.exit(1 if "Yes." in told else 0)
