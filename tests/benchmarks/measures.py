"""Reads what scripts/benchmark has measured: name -> the values of each round.

Nanoseconds of a call under the benchmark's own name; `rate/…` MB/s, `events/…` events a second and
`allocations/…` of a call; `replay/…`, `reports/…` and `compare/PAIR/SIZE/PEER` in seconds.
"""

import json
import pathlib
import re


class Measures:
    def __init__(self, folder):
        self._folder = pathlib.Path(folder)
        self.values = {}
        self.versions = {}
        self.replays = self._read("replay.*.json")
        self.compared = [row for rows in self._read("compare.json") for row in rows]
        self._benchmarks()
        self._python_peers()
        self._replays()
        self._reports()
        self._comparisons()

    def _read(self, glob):
        return [json.loads(path.read_text()) for path in sorted(self._folder.glob(glob))]

    def _add(self, name, value):
        self.values.setdefault(name, []).append(value)

    def _benchmarks(self):
        for result in self._read("cpp.*.json"):
            for run in result["benchmarks"]:
                unit = {"ns": 1, "us": 1e3, "ms": 1e6}[run["time_unit"]]
                name, calls = run["name"], run.get("lines", 1)
                if name == "otlp/1000_spans/process_time":
                    name, calls = "otlp/span", run["spans"]
                nanoseconds = run["cpu_time"] * unit / calls
                self._add(name, nanoseconds)
                if name.startswith("ingest/"):
                    self._add(f"events/{name}", 1e9 / nanoseconds)
                if "bytes_per_second" in run:
                    self._add(f"rate/{name}", run["bytes_per_second"] / 1e6)
                if "allocations" in run:
                    self._add(f"allocations/{name}", run["allocations"])

    def _python_peers(self):
        for peer in ("agents", "opentelemetry"):
            for result in self._read(f"{peer}.*.json"):
                self._add(f"{peer}/span", result["span"])
                if "exported" in result:
                    self._add(f"{peer}/exported", result["exported"])
                self.versions[peer] = result["version"]
        for client in ("agents", "codex-sdk"):
            for result in self._read(f"ingest-{client}.*.json"):
                self._add(f"{client}/ingest", result["event"])
                self.versions[client] = result["version"]

    def _replays(self):
        for one in self.replays:
            for side in ("observed", "unobserved"):
                for kind in ("cpu", "wall"):
                    self._add(f"replay/{side}/{kind}", one["corpus"][side][kind])
            for client, runs in one["first"].items():
                for ours, bare in zip(runs["ours"], runs["import"]):
                    self._add(f"replay/first/{client}", ours["wall"])
                    self._add(f"replay/import/{client}", bare["wall"])
            for run in one["cpp"]["runs"]:
                self._add("replay/cpp/wall", run["wall"])
                self._add("replay/cpp/cpu", run["cpu"])

    def _reports(self):
        for path in sorted(self._folder.glob("reports.*.txt")):
            found = re.search(r"^reports: ([\d.]+) s, ([\d.]+) MB", path.read_text(), re.MULTILINE)
            if found:
                self._add("reports/seconds", float(found[1]))
                self._add("reports/megabytes", float(found[2]))

    def _comparisons(self):
        for row in self.compared:
            of_this = f"compare/{row['pair']}/{row['size']}"
            for peer, seconds in row["seconds"].items():
                self.values[f"{of_this}/{peer}"] = seconds
            self.values[f"{of_this}/edits_off"] = [abs(row["reported"]["ours"] - row["edits"])]
            beyond = max(0, row["memory"]["ours"] - row["bytes"])
            self.values[f"{of_this}/bytes_an_observation"] = [beyond / row["size"]]

    def growth(self):
        """[(lines, benchmark, lines a second) …]"""
        return sorted(
            (int(run["lines"]), run["name"], run["items_per_second"])
            for result in self._read("growth.*.json")
            for run in result["benchmarks"]
        )
