"""Every request on an app-server tape is one that the real client's public methods write: the same keys in the same
order, byte for byte but for the id. The codex that the client is given here refuses all but `initialize`."""
import asyncio
import json
import sys
import tempfile
import unittest
from importlib.metadata import version
from pathlib import Path
from typing import Any, Callable, Iterator

from openai_codex import (ApprovalMode, AsyncCodex, AsyncThread, Codex, CodexConfig, JsonRpcError, Sandbox, TextInput,
                          Thread)
from openai_codex.client import CodexClient
from openai_codex.generated import v2_all
from pydantic import BaseModel

from . import ROOT
from recording.client_form import INITIALIZED, as_client_sends, initialize

Params = dict[str, Any]
TAPES = sorted((ROOT / "harness/sessions").glob("*-app-server.tape.jsonl"))
CODEX = """
import json, sys
agent = {"userAgent": "codex_python_sdk/0.163.0 (Linux 6.1.0; x86_64) unknown (codex_python_sdk; 0.163.0)",
         "codexHome": "/codex-home", "platformFamily": "unix", "platformOs": "linux"}
with open(sys.argv[1], "a") as heard:
    for line in sys.stdin:
        heard.write(line)
        heard.flush()
        message = json.loads(line)
        if message.get("method") == "initialize":
            print(json.dumps({"id": message["id"], "result": agent}), flush=True)
        elif "id" in message:
            print(json.dumps({"id": message["id"], "error": {"code": -32600, "message": "no"}}), flush=True)
"""


def without(params: Params, *keys: str) -> Params:
    return {key: value for key, value in params.items() if key not in keys}


# What is called for a method with these params: CodexClient's own methods, and `request` where it has none.
CLIENT: dict[str, Callable[[CodexClient, Params], object]] = {
    "thread/start": lambda c, p: c.thread_start(p),
    "thread/resume": lambda c, p: c.thread_resume(p["threadId"], without(p, "threadId")),
    "thread/fork": lambda c, p: c.thread_fork(p["threadId"], without(p, "threadId")),
    "thread/list": lambda c, p: c.thread_list(p),
    "thread/read": lambda c, p: c.thread_read(p["threadId"], p["includeTurns"]),
    "thread/archive": lambda c, p: c.thread_archive(p["threadId"]),
    "thread/unarchive": lambda c, p: c.thread_unarchive(p["threadId"]),
    "thread/name/set": lambda c, p: c.thread_set_name(p["threadId"], p["name"]),
    "thread/compact/start": lambda c, p: c.thread_compact(p["threadId"]),
    "thread/goal/clear": lambda c, p: c.thread_goal_clear(p["threadId"]),
    "thread/goal/set": lambda c, p: c.thread_goal_set(p["threadId"], objective=p["objective"],
                                                      status=v2_all.ThreadGoalStatus(p["status"])),
    "turn/start": lambda c, p: c.turn_start(p["threadId"], p["input"], without(p, "threadId", "input")),
    "turn/steer": lambda c, p: c.turn_steer(p["threadId"], p["expectedTurnId"], p["input"]),
    "turn/interrupt": lambda c, p: c.turn_interrupt(p["threadId"], p["turnId"]),
    "model/list": lambda c, p: c.model_list(p["includeHidden"]),
    "account/read": lambda c, p: c.account_read(p),
    "account/login/start": lambda c, p: c.account_login_start(p),
    "account/logout": lambda c, p: c.account_logout(),
}
APPROVALS = {"on-request": ApprovalMode.auto_review, "never": ApprovalMode.deny_all}


def start_options(params: Params) -> dict[str, Any]:
    return {"approval_mode": APPROVALS[params["approvalPolicy"]],
            "sandbox": Sandbox(params["sandbox"]) if "sandbox" in params else None}


def turn_options(params: Params) -> dict[str, Any]:
    return {"input": [TextInput(item["text"]) for item in params["input"]],
            "output_schema": params.get("outputSchema")}


class FakeCodex:
    """Where the client's lines end up."""

    def __enter__(self) -> "FakeCodex":
        self._folder = tempfile.TemporaryDirectory()
        self._heard = Path(self._folder.name) / "heard"
        self._heard.touch()
        (Path(self._folder.name) / "codex.py").write_text(CODEX, encoding="utf-8")
        command = (sys.executable, "-I", f"{self._folder.name}/codex.py", str(self._heard))
        self.config = CodexConfig(launch_args_override=command)
        return self

    def __exit__(self, *_: object) -> None:
        self._folder.cleanup()

    def last(self) -> str:
        return self._heard.read_text().splitlines()[-1]

    def all(self) -> list[str]:
        return self._heard.read_text().splitlines()


def requests(tape: Path) -> Iterator[Params]:
    for line in tape.read_bytes().splitlines():
        message = json.loads(line).get(">", {})
        if "id" in message and "method" in message and message["method"] != "initialize":
            yield message


def api_of(tape: Path) -> str:
    with tape.open(encoding="utf-8") as file:
        return json.loads(file.readline())["driver"].get("api", "client")


class ClientFormTest(unittest.TestCase):
    def assert_writes(self, message: Params, line: str) -> None:
        sent = json.loads(line)
        self.assertEqual(line, json.dumps({**message, "id": sent["id"]}))

    def test_the_first_messages(self) -> None:
        with FakeCodex() as codex, CodexClient(codex.config) as client:
            client.initialize()
            with self.assertRaises(JsonRpcError):
                client.thread_start()  # refused, and so `initialized` was heard
            first, second, _ = codex.all()
        self.assert_writes(as_client_sends("r1", "initialize", initialize(version("openai-codex")), "client"), first)
        self.assertEqual(second, json.dumps(INITIALIZED))

    def test_every_request_of_the_corpus(self) -> None:
        self.assertGreater(len(TAPES), 40)
        with FakeCodex() as codex, CodexClient(codex.config) as client:
            client.initialize()
            for tape in TAPES:
                for message in requests(tape) if api_of(tape) == "client" else ():
                    with self.subTest(f"{tape.name}: {message['method']}"):
                        self.call(client, message)
                        self.assert_writes(message, codex.last())

    def call(self, client: CodexClient, message: Params) -> None:
        method, params = message["method"], message.get("params")
        with self.assertRaises(JsonRpcError):
            if method in CLIENT:
                CLIENT[method](client, params or {})
            else:
                client.request(method, params, response_model=BaseModel)

    def test_the_classes_around_it(self) -> None:
        tried = set()
        for tape in TAPES:
            api = api_of(tape)
            if api == "client":
                continue
            tried.add(api)
            with self.subTest(tape.name), FakeCodex() as codex:
                for message, line in self.through_codex(codex, tape) if api == "codex" else \
                        asyncio.run(self.through_async(codex, tape)):
                    self.assert_writes(message, line)
        self.assertEqual(tried, {"codex", "async"})

    def through_codex(self, fake: FakeCodex, tape: Path) -> list[tuple[Params, str]]:
        written = []
        with Codex(fake.config) as codex:
            for message in requests(tape):
                params = message["params"]
                with self.assertRaises(JsonRpcError):
                    if message["method"] == "thread/start":
                        codex.thread_start(**start_options(params))
                    elif message["method"] == "turn/start":
                        Thread(codex._client, params["threadId"]).turn(**turn_options(params))
                    else:
                        self.assertEqual(message["method"], "thread/read")
                        Thread(codex._client, params["threadId"]).read(include_turns=params["includeTurns"])
                written.append((message, fake.last()))
        return written

    async def through_async(self, fake: FakeCodex, tape: Path) -> list[tuple[Params, str]]:
        written = []
        async with AsyncCodex(fake.config) as codex:
            for message in requests(tape):
                params = message["params"]
                with self.assertRaises(JsonRpcError):
                    if message["method"] == "thread/start":
                        await codex.thread_start(**start_options(params))
                    elif message["method"] == "turn/start":
                        await AsyncThread(codex, params["threadId"]).turn(**turn_options(params))
                    else:
                        self.assertEqual(message["method"], "thread/read")
                        await AsyncThread(codex, params["threadId"]).read(include_turns=params["includeTurns"])
                written.append((message, fake.last()))
        return written


if __name__ == "__main__":
    unittest.main()
