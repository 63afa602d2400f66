"""What the real CodexClient shows of a wire: whole sessions, good and bad.

{"steps": […], "shown": {"responses", "turns", "global", "asked", "ended", "waiting",
"waiting_turns"}}. A step is {"request": {"id", "method", "params"}}, {"out": bytes}, {"err": bytes}
or {"eof": true}; bytes are text in which U+DC80..U+DCFF stand for bytes that are no UTF-8. Every
write is one read of the client. The client is driven as codex_sdk_profile.h says.
"""

from __future__ import annotations

import copy
import json
import os
import random
import tempfile
import threading
import time
from typing import Any, Iterator

from openai_codex import TurnHandle
from openai_codex.client import CodexClient, CodexConfig
from openai_codex.generated import v2_all as generated
from openai_codex.models import UnknownNotification

from models import plain
from payloads import ODD, TABLES, Payloads

SESSIONS = 260
QUIET = 0.012  # seconds in which nothing more is expected to happen
CHILD = 'exec 4<&0; cat <&4 >"$1" & cat "$2" 1>&2 & exec cat "$0"'
NAMES = {
    "thread/started": "codex.thread.start", "turn/started": "codex.turn.start",
    "thread/tokenUsage/updated": "codex.thread.token_usage.updated", "error": "codex.turn.error",
}


def event_name(method: str, data: Any) -> str:
    if method == "turn/completed":
        status = data["turn"]["status"]
        return "codex.turn." + (status if status in ("failed", "interrupted") else "completed")
    snake = "".join(f"_{c.lower()}" if c.isupper() else c for c in method)
    return NAMES.get(method) or "codex." + snake.replace("/", ".")


def shown(notification: Any) -> list:
    payload = notification.payload
    if isinstance(payload, UnknownNotification):
        return ["codex.session.unknown", {"type": notification.method, "payload": payload.params}]
    data = dump(payload)
    return [event_name(notification.method, data), data]


def dump(model: Any) -> Any:
    return plain(model.model_dump(by_alias=True, exclude_unset=True))


def exception(error: BaseException) -> dict:
    name = type(error).__qualname__
    if type(error).__module__ != "builtins":
        name = f"{type(error).__module__}.{name}"
    return {"exception": {"class": name, "text": str(error)}}


class Session:
    """One client and the end of its pipes."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.shown = {"responses": {}, "turns": {}, "global": [], "asked": [], "ended": None}
        self.numbers, self.turns = 0, []
        self.folder = tempfile.TemporaryDirectory()
        paths = [os.path.join(self.folder.name, name) for name in ("out", "sent", "err")]
        for path in paths:
            os.mkfifo(path)
        self.client = CodexClient(
            CodexConfig(launch_args_override=("/bin/sh", "-c", CHILD, *paths)), self.approve)
        self.client.start()
        self.out = os.open(paths[0], os.O_WRONLY)
        self.sent = open(paths[1], encoding="utf-8")
        self.err = os.open(paths[2], os.O_WRONLY)
        threading.Thread(target=self.read_global, daemon=True).start()

    def approve(self, method: str, params: Any) -> dict:
        with self.lock:
            self.shown["asked"].append([method, copy.deepcopy(params)])
        return {"decision": "accept"}

    def read_global(self) -> None:
        while True:
            try:
                notification = self.client.next_notification()
            except BaseException as error:
                self.shown["ended"] = exception(error)
                return
            with self.lock:
                self.shown["global"].append(shown(notification))

    def call(self, number: int, method: str, params: Any) -> None:
        try:
            if method == "initialize":
                result = self.client.initialize()
            elif method == "turn/start":
                result = self.client.turn_start(params["threadId"], params["input"])
            else:
                name = TABLES["requests"][method]
                result = self.client.request(
                    method, params, response_model=getattr(generated, name))
        except BaseException as error:
            self.shown["responses"][str(number)] = exception(error)
            return
        self.shown["responses"][str(number)] = {"result": dump(result)}
        turn = getattr(result, "turn", None)
        if turn is None:
            return
        if method != "turn/start":
            self.client.register_turn_notifications(turn.id)
        handle = TurnHandle(self.client, "", turn.id)
        place = self.shown["turns"].setdefault(turn.id, {"events": []})
        self.turns.append((turn.id, place))
        threading.Thread(target=self.stream, args=(turn.id, place), daemon=True).start()
        threading.Thread(target=self.run, args=(handle, place), daemon=True).start()

    def stream(self, turn: str, place: dict) -> None:
        try:
            while True:
                notification = self.client.next_turn_notification(turn)
                place["events"].append(shown(notification))
                payload = notification.payload
                if (notification.method == "turn/completed"
                        and not isinstance(payload, UnknownNotification)
                        and payload.turn.id == turn):
                    break
        except BaseException as error:
            place["stream"] = exception(error)
        self.client.unregister_turn_notifications(turn)

    def run(self, handle: Any, place: dict) -> None:
        try:
            result = handle.run()
        except BaseException as error:
            place.update(result=exception(error), usage=None)
            return
        place["usage"] = None if result.usage is None else dump(result.usage)
        place["result"] = {
            "id": result.id, "status": result.status.value,
            "error": None if result.error is None else dump(result.error),
            "started_at": result.started_at, "completed_at": result.completed_at,
            "duration_ms": result.duration_ms, "final_response": result.final_response,
            "items": [dump(item) for item in result.items]}

    def request(self, method: str, params: Any) -> str:
        """The id that the client gave the request."""
        self.numbers += 1
        threading.Thread(
            target=self.call, args=(self.numbers, method, params), daemon=True).start()
        while True:
            line = json.loads(self.sent.readline())
            if "id" in line and line.get("method") == method:
                return line["id"]

    def close(self) -> dict:
        self.shown["waiting"] = [number for number in range(1, self.numbers + 1)
                                 if str(number) not in self.shown["responses"]]
        self.shown["waiting_turns"] = sorted(
            {turn for turn, place in self.turns if "result" not in place})
        made = json.loads(json.dumps(self.shown))
        for end in (self.out, self.err):
            if end is not None:
                os.close(end)
        self.client.close()
        self.sent.close()
        self.folder.cleanup()
        return made


class Script:
    """Steps as they come: plausible sessions with something odd in most of them."""

    def __init__(self, source: random.Random) -> None:
        self.random = source
        self.payloads = Payloads(source)
        self.open: list[tuple[str, str]] = []
        self.requests = 0
        self.threads = ["t1", "t2"]
        self.turns = 1  # the next that codex begins is u1
        self.active: list[str] = []

    def line(self, message: Any) -> str:
        text = json.dumps(message, ensure_ascii=False) + "\n"
        # A lone surrogate in a step stands for a byte: as a character it has to be escaped.
        raw = self.random.random() < 0.5 and not any("\ud800" <= c <= "\udfff" for c in text)
        return text if raw else json.dumps(message) + "\n"

    def turn(self, identity: str) -> dict:
        made = self.payloads.of_type("Turn")
        made.update(id=identity, items=made["items"][:1])
        return made

    def some_turn(self) -> str:
        """One that somebody waits for, one that is about to be, or one that nobody knows."""
        chance = self.random.random()
        if self.active and chance < 0.75:
            return self.random.choice(self.active)
        return f"u{self.turns}" if chance < 0.95 else "nobody's"

    def notification(self) -> dict:
        choice = self.random.choice
        method = choice(["turn/started", "item/started", "item/completed", "item/completed",
                         "item/completed", "thread/tokenUsage/updated", "turn/completed",
                         "turn/completed", "error", "item/agentMessage/delta", "turn/plan/updated",
                         "thread/started", "warning", "hook/started", "thread/goal/updated",
                         "skills/changed", "account/login/completed", "rawResponseItem/completed",
                         "no/such", choice(list(TABLES["notifications"]))])
        params: Any = {"turnId": self.some_turn(), "item": {"a": 1}}
        if method in TABLES["notifications"]:
            params = self.payloads.of_type(TABLES["notifications"][method])
            if method in ("turn/started", "turn/completed"):
                params["turn"] = self.turn(self.some_turn())
            elif "turnId" in params and (params["turnId"] is not None
                                         or self.random.random() < 0.5):
                params["turnId"] = self.some_turn()
            if "threadId" in params:
                params["threadId"] = choice(self.threads)
            if method == "item/completed" and self.random.random() < 0.6:
                params["item"] = {"type": "agentMessage", "id": "m", "text": choice(["hi", "é", ""]),
                                  "phase": choice([None, "final_answer", "commentary"])}
                if self.random.random() < 0.4:
                    del params["item"]["phase"]
            if self.random.random() < 0.12:
                params = self.payloads.bent(params)
        if self.random.random() < 0.03:
            params = choice([None, [], "x", 3])
        message = {"method": method, "params": params}
        if self.random.random() < 0.03:
            message = choice([{"method": method}, {"method": None, "params": params}])
        return message

    def response(self) -> dict:
        index = self.random.randrange(len(self.open))
        identity, method = self.open.pop(index)
        pick = self.random.random()
        if pick < 0.12:
            error: Any = {"code": self.random.choice(
                [-32700, -32600, -32601, -32602, -32603, -32000, -32050, -32099, -32100, 1, True,
                 "7", " -32600 ", 2.9]), "message": self.random.choice(
                ["nope", "Retry Limit reached", "too many failed attempts", None, {"a": 1}, 5])}
            if self.random.random() < 0.5:
                error["data"] = self.random.choice(
                    [None, "server_overloaded", {"codexErrorInfo": "SERVER_OVERLOADED"},
                     {"errorInfo": {"x": "server_overloaded"}}, [["server_overloaded"]], {"a": 3}])
            if self.random.random() < 0.1:
                error = self.random.choice([None, "x", [], {}, {"code": 5}, {"message": "m"}])
            if self.random.random() < 0.1:
                error = {"code": self.random.choice(
                    ["x", None, [], {}, float("nan"), float("inf"), "", "1_0", "1__0", 1e20])}
            return {"id": identity, "error": error}
        if pick < 0.17:
            return {"id": identity, "result": copy.deepcopy(self.random.choice(ODD))}
        if pick < 0.19:
            return {"id": identity}
        if method == "initialize":
            return {"id": identity, "result": {"userAgent": "codex/0.163.0", "codexHome": "/h"}}
        result = self.payloads.of_type(TABLES["requests"][method])
        if "turn" in result:
            self.active.append(f"u{self.turns}")
            self.turns += 1
            result["turn"] = self.turn(self.active[-1])
        if pick < 0.25:
            result = self.payloads.bent(result)
        return {"id": identity, "result": result}

    def garbage(self) -> str:
        return self.random.choice([
            "\n", "not json\n", "[1, 2]\n", "null\n", '"a\'b"\n', "{\n", '{"method":"warning"}\r\n',
            '{"method":\r"x"}\n', "\udcff\n", '{"a":"\udcc3"}\n', "\ufeff{}\n", "{}{}\n",
            '{"id":1}\n', '{"id":null,"result":{}}\n', "[" * 2000 + "\n", "1" * 5000 + "\n",
            '{"method":"warning","params":{"message":"cut', self.long()])

    def long(self) -> str:
        """More than the client reads at once: 8192 bytes. A bad byte takes its piece along."""
        good = '{"method":"warning","params":{"message":"%s"}}\n'
        return self.random.choice([
            good % ("é" * 4200), good % "first" + good % ("x" * 8100 + "\udcff"),
            good % "first" + good % ("x" * 9000 + "\udcff"), good % ("x" * 8150 + "é") + "\n",
            good % ("x" * 8200) + "\r\n", good % "a" * 3 + " " * 8100 + "{}\r" + good % "b"])

    def asked(self) -> dict:
        return {"id": self.random.choice([0, 5, "q", None]),
                "method": self.random.choice(["item/commandExecution/requestApproval",
                                              "item/tool/call", None, 4]),
                "params": copy.deepcopy(self.random.choice(ODD + [{"turnId": "u1"}] * 20))}


class Player:
    """Does steps, one after the other, with time for the client's threads in between."""

    def __init__(self, quiet: float) -> None:
        self.session, self.quiet, self.ids = Session(), quiet, {}

    def step(self, step: dict) -> None:
        if "request" in step:
            request = step["request"]
            self.ids[request["id"]] = self.session.request(request["method"], request["params"])
        elif "eof" in step:
            os.close(self.session.out)
            self.session.out = None
        else:
            end = self.session.out if "out" in step else self.session.err
            data = (step.get("out") or step["err"]).encode("utf-8", "surrogateescape")
            for name, identity in self.ids.items():
                data = data.replace(name.encode(), identity.encode())
            os.write(end, data)
        time.sleep(self.quiet)

    def returned(self, number: int) -> bool:
        return str(number) in self.session.shown["responses"]

    def close(self) -> dict:
        time.sleep(self.quiet)
        text = json.dumps(self.session.close())
        for name, identity in self.ids.items():  # an exception may quote a line
            text = text.replace(identity, name)
        return json.loads(text)


def play(script: Script) -> dict:
    """Makes the steps up as it goes: what comes next depends on what has returned."""
    player, steps, pick = Player(QUIET), [], script.random
    started: list[tuple[int, str]] = []  # the numbers of turn/start and their threads

    def do(step: dict) -> None:
        steps.append(step)
        player.step(step)

    most_requests, eof = pick.randint(1, 4), pick.random() < 0.5
    for _ in range(pick.randint(6, 24)):
        chance = pick.random()
        if script.requests < most_requests and chance < 0.35:
            method = pick.choice(["turn/start", "turn/start", "turn/start", "review/start",
                                  "thread/start", "thread/read", "turn/interrupt", "initialize"])
            params: Any = {"threadId": pick.choice(script.threads)}
            if method == "turn/start":
                # The client sends one turn/start of a thread at a time.
                if any(thread == params["threadId"] and not player.returned(number)
                       for number, thread in started):
                    continue
                started.append((script.requests + 1, params["threadId"]))
                params["input"] = [{"type": "text", "text": "hi"}]
            elif method == "initialize":
                params = {}
            script.requests += 1
            name = f"request-{script.requests:04}".ljust(36, ".")
            script.open.append((name, method))
            do({"request": {"id": name, "method": method, "params": params}})
        elif script.open and chance < 0.55:
            do({"out": script.line(script.response())})
        elif chance < 0.58:
            do({"err": pick.choice(["oops\n", "a\r\nb\n", "half", "\udcff\n", "é\n" * 60])})
        elif chance < 0.61:
            do({"out": script.line(script.asked())})
        elif chance < 0.64 and pick.random() < 0.5:
            before = script.line(script.notification()) if pick.random() < 0.3 else ""
            do({"out": before + script.garbage()})
        elif chance < 0.97:
            lines = [script.line(script.notification()) for _ in range(pick.choice([1, 1, 1, 2, 4]))]
            data = "".join(lines).encode("utf-8")
            cut = pick.randrange(len(data)) if pick.random() < 0.15 else 0
            for piece in filter(None, (data[:cut], data[cut:])):
                do({"out": piece.decode("utf-8", "surrogateescape")})
    if eof:
        do({"eof": True})
    return {"steps": steps, "shown": player.close()}


def again(steps: list, quiet: float) -> dict:
    player = Player(quiet)
    for step in steps:
        player.step(step)
    return player.close()


def cases(source: random.Random, times: int) -> Iterator[dict]:
    for _ in range(SESSIONS * times):
        made = play(Script(random.Random(source.random())))
        # A busy machine may not have given every thread its turn: twice the same, or with more time.
        for factor in (1.5, 4, 12, 36):
            other = again(made["steps"], QUIET * factor)
            if other == made["shown"]:
                break
            made["shown"] = other
        else:
            raise SystemExit(f"never twice the same: {made['steps']}")
        if len(json.dumps(made)) < 30000:
            yield made
