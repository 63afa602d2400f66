"""After one line that is no JSON every call waits for ever.

Shown with openai-codex 0.163.0, and needs that package alone.
Exit status: 0 it is so, 1 it is not.
"""

import json
import pathlib
import sys
import tempfile
import threading

from openai_codex import CodexConfig
from openai_codex.client import CodexClient

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
        model_list=text("oops\n", result({"data": []})),
    )
    client = CodexClient(config)
    client.start()
    client.initialize()
    first = comes_back(lambda: client.model_list())
    print("the call that meets the line:", repr(first))
    second = comes_back(lambda: client.model_list(True), 5)
    print("the next call:", "has not come back" if second is None else repr(second))
    client.close()
    sys.exit(0 if second is None else 1)
