"""A model that says what it was told to: the Responses API on loopback, answering from a list.

An answer is a list of compact items, which `answers.py` turns into the events of one stream.
"""
from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from . import RecordingError
from .answers import Answer, Hold, Sleep, events

Script = list[Answer] | dict[str, list[Answer]]


class ScriptedModel:
    """Serves the answers in order: whoever asks, or for each thread its own where they are given by thread."""

    def __init__(self, script: Script) -> None:
        self._by_thread = isinstance(script, dict)
        self._answers = script if isinstance(script, dict) else {"": script}
        self._asked = dict.fromkeys(self._answers, 0)
        self._threads: dict[str, str] = {}
        self._lock = threading.Lock()
        self._released: dict[str, threading.Event] = {}
        self._closed = threading.Event()
        self._problems: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_for(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> "ScriptedModel":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        for gate in self._released.values():
            gate.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def knows_thread(self, thread_id: str, name: str) -> None:
        """From now on the thread is answered from the list `$name`, where there is one."""
        if f"${name}" in self._answers:
            self._threads[thread_id] = f"${name}"

    def next_answer(self, thread_id: str) -> tuple[str, Answer | None]:
        """A name for the answer, which its items' ids begin with, and the answer; None where there is none left."""
        with self._lock:
            name = self._threads.get(thread_id, "<a thread without answers>") if self._by_thread else ""
            answers = self._answers.get(name, [])
            number = self._asked.get(name, 0)
            self._asked[name] = number + 1
        tag = f"{name.removeprefix('$')}_{number}" if name else str(number)
        return tag, answers[number] if number < len(answers) else None

    def release(self, hold: str) -> None:
        self._gate(hold).set()

    def wait(self, pause: Hold | Sleep) -> bool:
        """Pauses a stream; False where the model is closed meanwhile."""
        if isinstance(pause, Sleep):
            return not self._closed.wait(pause.seconds)
        self._gate(pause.name).wait()
        return not self._closed.is_set()

    def check_used_up(self) -> None:
        """A script that codex did not follow is a mistake in the script, not a recording."""
        for name, asked in self._asked.items():
            has = len(self._answers.get(name, []))
            if asked != has:
                whose = f" for {name}" if name else ""
                raise RecordingError(f"the model was asked {asked} times{whose} and has {has} answers")

    def _gate(self, name: str) -> threading.Event:
        with self._lock:
            return self._released.setdefault(name, threading.Event())


def _handler_for(model: ScriptedModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers.get("content-length", 0)))
            if not self.path.endswith("/responses"):
                return self._reply(200, b"{}", "application/json")  # codex's own telemetry: swallowed
            tag, answer = model.next_answer(_asking_thread(self.headers.get("x-codex-turn-metadata")))
            if answer is None:
                return self._refuse(500, "the script has no further answer")
            if "http" in answer[0]:
                return self._refuse(answer[0]["http"], answer[0].get("error", "scripted failure"))
            self._stream(events(tag, answer, asked.decode("utf-8", "replace")))

        def do_GET(self) -> None:
            self._refuse(404, "not found")

        def _refuse(self, status: int, message: str) -> None:
            self._reply(status, json.dumps({"error": {"message": message}}).encode(), "application/json")

        def _stream(self, parts: list) -> None:
            """Server-sent events; one body, unless the answer pauses."""
            if not any(isinstance(part, (Hold, Sleep)) for part in parts):
                return self._reply(200, b"".join(map(_sse, parts)), "text/event-stream")
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.end_headers()  # HTTP/1.0: the end of the connection ends the body
            for part in parts:
                if isinstance(part, dict):
                    self._write(_sse(part))
                elif not model.wait(part):
                    return

        def _reply(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self._write(body)

        def _write(self, data: bytes) -> None:
            try:
                self.wfile.write(data)
                self.wfile.flush()
            except OSError:
                pass  # an interrupted turn hangs up

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _sse(event: dict) -> bytes:
    return f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode()


def _asking_thread(metadata: str | None) -> str:
    try:
        return json.loads(metadata or "{}").get("thread_id", "")
    except ValueError:
        return ""
