"""What `observe` sends to a collector, to StatsD and to Prometheus while codex runs behind it."""
from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from . import PROGRAM, ROOT

LOG = ROOT / "harness/sessions/raw/first-log.exec.jsonl"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CODEX = 'echo "$TRACEPARENT" >"$0"; cat'
"""Stands for codex: says what it was given, then prints a log."""


class Collector:
    def __init__(self) -> None:
        self.posts: dict[str, list[Any]] = {}
        posts = self.posts

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                posts.setdefault(self.path, []).append(json.loads(body))
                self.send_response(200)
                self.send_header("content-length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def records(self, path: str, *keys: str) -> list[Any]:
        found: list[Any] = self.posts.get(path, [])
        for key in keys:
            found = [each for one in found for each in one[key]]
        return found


class ExportersTest(unittest.TestCase):
    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def observe(self, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **environment}
        with LOG.open() as log:
            return subprocess.run([PROGRAM, "observe", "--transport", "exec", "--log", "none", *options, "--", "sh",
                                   "-c", CODEX, str(self.folder / "given")],
                                  stdin=log, capture_output=True, text=True, env=env, cwd=self.folder, timeout=60)

    def test_a_collector_gets_all_three_signals_in_one_trace(self) -> None:
        collector = Collector()
        self.addCleanup(collector.close)
        done = self.observe("--otlp", collector.url, TRACEPARENT=f"00-{TRACE}-{PARENT}-01")
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, LOG.read_text(), ""))
        spans = collector.records("/v1/traces", "resourceSpans", "scopeSpans", "spans")
        given = (self.folder / "given").read_text().strip().split("-")
        ours = [span for span in spans if span["spanId"] == given[2]]
        self.assertEqual(len(ours), 1, spans)
        self.assertEqual((ours[0]["traceId"], given[1]), (TRACE, TRACE))
        logs = collector.records("/v1/logs", "resourceLogs", "scopeLogs", "logRecords")
        self.assertTrue(any("codex.turn.completed" in json.dumps(record) for record in logs))
        self.assertTrue(all(record.get("traceId", TRACE) == TRACE for record in logs))
        metrics = collector.records("/v1/metrics", "resourceMetrics", "scopeMetrics", "metrics")
        self.assertIn("codex.turns", {metric["name"] for metric in metrics})

    def test_the_variables_of_opentelemetry_count(self) -> None:
        collector = Collector()
        self.addCleanup(collector.close)
        done = self.observe(OTEL_EXPORTER_OTLP_ENDPOINT=collector.url)
        self.assertEqual((done.returncode, done.stdout), (0, LOG.read_text()))
        self.assertIn("/v1/logs", collector.posts)

    def test_a_collector_that_is_away_costs_the_session_nothing(self) -> None:
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            done = self.observe("--otlp", f"http://127.0.0.1:{nobody.getsockname()[1]}")
        self.assertEqual((done.returncode, done.stdout), (0, LOG.read_text()))
        self.assertNotEqual(done.stderr, "", "it is said")

    def test_statsd_gets_lines(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
            server.bind(("127.0.0.1", 0))
            server.settimeout(30)
            done = self.observe("--statsd", f"127.0.0.1:{server.getsockname()[1]}")
            self.assertEqual((done.returncode, done.stdout, done.stderr), (0, LOG.read_text(), ""))
            self.assertRegex(server.recv(65536).decode(), r"(?m)^codex\.turns:1\|c")

    def test_prometheus_is_served_while_codex_runs(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{free.getsockname()[1]}"
        with subprocess.Popen([PROGRAM, "observe", "--transport", "exec", "--log", "none", "--prometheus", address,
                               "--", "cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              cwd=self.folder) as running:
            assert running.stdin and running.stdout
            running.stdin.write(LOG.read_bytes())
            running.stdin.flush()
            self.assertEqual(running.stdout.read(LOG.stat().st_size), LOG.read_bytes())
            text, turns = "", re.compile(r"^codex_turns_total\{.*\} 1$", re.M)
            for _ in range(600):
                try:
                    text = urllib.request.urlopen(f"http://{address}/metrics", timeout=30).read().decode()
                except OSError:
                    pass
                if turns.search(text):
                    break
                time.sleep(0.05)
            self.assertRegex(text, turns)
            running.stdin.close()
            self.assertEqual(running.wait(), 0)

    def test_what_cannot_be_served_is_said_and_the_session_passes(self) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            done = self.observe("--prometheus", f"127.0.0.1:{taken.getsockname()[1]}")
        self.assertEqual((done.returncode, done.stdout), (0, LOG.read_text()))
        self.assertIn("--prometheus: ", done.stderr)


if __name__ == "__main__":
    unittest.main()
