"""An end of a turn with a status that is new is told as a closed transport.

Shown with openai-codex 0.163.0, and needs that package alone.
Exit status: 0 it is so, 1 it is not.
"""

import json
import pathlib
import sys
import tempfile
import threading

from openai_codex import Codex, CodexConfig, TransportClosedError

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
TURN = {"id": "turn-1", "items": [], "status": "inProgress"}
OPENED = {
    "thread": {
        "id": "thread-1", "sessionId": "thread-1", "cliVersion": "0.163.0", "cwd": "/",
        "preview": "", "createdAt": 1, "updatedAt": 1, "ephemeral": False,
        "modelProvider": "m", "source": "cli",
        "status": {"type": "idle"}, "turns": [],
    },
    "approvalPolicy": "never", "approvalsReviewer": "user", "cwd": "/", "model": "m",
    "modelProvider": "m", "sandbox": {"type": "readOnly"},
}


def text(*messages):
    return [each if isinstance(each, str) else json.dumps(each) + "\n" for each in messages]


def result(value):
    return {"id": "ID", "result": value}


def notification(method, **params):
    return {"method": method, "params": params}


def ended(status="completed", **more):
    turn = {**TURN, "status": status, **more}
    return notification("turn/completed", threadId="thread-1", turn=turn)


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
        thread_start=text(result(OPENED)),
        turn_start=text(
            result({"turn": TURN}),
            ended("expired"),
        ),
    )
    with Codex(config) as codex:
        outcome = comes_back(lambda: codex.thread_start().run("hi"))
        print("the turn:", repr(outcome))
        sys.exit(0 if isinstance(outcome, TransportClosedError) else 1)
