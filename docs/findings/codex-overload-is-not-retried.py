"""An overloaded server, as the protocol spells it, is not tried again.

Shown with openai-codex 0.163.0, and needs that package alone.
Exit status: 0 it is so, 1 it is not.
"""

import json
import pathlib
import sys
import tempfile
import threading

from openai_codex import CodexConfig, is_retryable_error
from openai_codex.client import CodexClient
from openai_codex.generated.v2_all import CodexErrorInfoValue

# So the protocol spells it.
assert CodexErrorInfoValue.server_overloaded.value == "serverOverloaded"

# To each request it gives the answers of its method; "ID" stands for the request's id.
CODEX = """#!{python}
import json, sys
answers = {answers!r}
for line in sys.stdin:
    message = json.loads(line)
    identity = json.dumps(message.get("id"))
    for answer in answers.get(message.get("method"), []):
        sys.stdout.buffer.write(answer.replace('"ID"', identity).encode("latin-1"))
        sys.stdout.buffer.flush()
    if "method" not in message:
        with open(__file__ + ".heard", "a") as file:
            file.write(line)
        heard = {{"method": "warning", "params": {{"message": "heard"}}}}
        sys.stdout.write(json.dumps(heard) + "\\n")
        sys.stdout.flush()
"""


def text(*messages):
    return [each if isinstance(each, str) else json.dumps(each) + "\n" for each in messages]


def result(value):
    return {"id": "ID", "result": value}


def fake(folder, **answers):
    """A codex that gives these, by method with _ for /."""
    given = {"initialize": text(result({"userAgent": "codex/0.163.0"}))}
    given.update((method.replace("_", "/"), lines) for method, lines in answers.items())
    codex = pathlib.Path(folder, "codex")
    codex.write_text(CODEX.format(python=sys.executable, answers=given))
    codex.chmod(0o755)
    return CodexConfig(codex_bin=str(codex))


def comes_back(call, seconds=60):
    """What the call returned or raised; None where it has not come back by then."""
    done = []

    def run():
        try:
            done.append(call())
        except BaseException as error:
            done.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    return done[0] if done else None


with tempfile.TemporaryDirectory() as folder:
    config = fake(
        folder,
        model_list=text(
            {"id": "ID", "error": {"code": -32001, "message": "m", "data": "serverOverloaded"}}
        ),
    )
    client = CodexClient(config)
    client.start()
    client.initialize()
    error = comes_back(lambda: client.model_list())
    print(type(error).__name__, "- is tried again:", is_retryable_error(error))
    client.close()
    sys.exit(0 if not is_retryable_error(error) else 1)
