#!/usr/bin/env python3
"""Send metrics to a real StatsD server, statsd_exporter, and compare what it counts with what we counted.

    PYTHON scripts/exporters/check_statsd.py --example export_metrics --server STATSD_EXPORTER -o DIR

Over UDP and over a Unix socket, with tags and plain; names are hostile. Counters, gauges and the number of timings must
be the example's own, and no line may be malformed to the server. How names are made clean is said here once more, in
Python.

`--wrong value|forged` changes one thing on the way, to show that it is seen.
Exit status: 0 all agrees, 1 something does not, 2 it could not be run.
"""
from __future__ import annotations

import argparse
import collections
import re
import socket
import subprocess
import sys
from pathlib import Path

import hostile_log
from metrics_peers import Failed, Values, differences, free_port, get, own, printed, read, running, shown, until

MODES = {"udp": [], "unix": [], "udp plain": ["--plain"], "unix plain": ["--plain"]}
ERRORS = ("statsd_exporter_sample_errors_total", "statsd_exporter_tag_errors_total", "statsd_exporter_events_error_total",
          "statsd_exporter_events_conflict_total", "statsd_exporter_udp_packet_drops_total")


def main() -> int:
    options = parse()
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        modes = {"udp": MODES["udp"]} if options.wrong else MODES
        problems = [f"{mode}: {line}" for mode, words in modes.items() for line in check(options, mode, words)]
    except Failed as problem:
        print(f"check_statsd: {problem}", file=sys.stderr)
        return 1
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"check_statsd: {problem}", file=sys.stderr)
        return 2
    for line in problems:
        print(f"check_statsd: {line}", file=sys.stderr)
    return 1 if problems else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--example", type=Path, required=True)
    parser.add_argument("--server", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--wrong", choices=["value", "forged"])
    return parser.parse_args()


def check(options: argparse.Namespace, mode: str, words: list[str]) -> list[str]:
    log = hostile_log.log()
    counted = own(read(printed(options.example, log)), times=False)
    udp, web = free_port(socket.SOCK_DGRAM), free_port()
    path = options.output.resolve() / "statsd.socket"
    path.unlink(missing_ok=True)
    address = f"127.0.0.1:{udp}" if mode.startswith("udp") else f"unix://{path}"
    server = [options.server, f"--statsd.listen-udp=127.0.0.1:{udp}", "--statsd.listen-tcp=",
              f"--statsd.listen-unixgram={path}", f"--web.listen-address=127.0.0.1:{web}",
              "--log.level=error"]
    url = f"http://127.0.0.1:{web}/metrics"
    with running(server, options.output / f"{mode.replace(' ', '-')}.log"):
        until("the server is there", lambda: path.exists() and get(url))
        printed(options.example, log, "--statsd", address, *words)
        if options.wrong == "forged":
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as forger:
                forger.sendto(b"codex.turns:1|c|#outcome:x\ncodex_forged:99|c\nno line", ("127.0.0.1", udp))
        expected = named(counted, plain=bool(words))
        if options.wrong == "value":
            expected[next(iter(expected))] += 1
        # The server hands on what it has every 200 ms.
        received: Values = {}
        for _ in range(20):
            everything = read(get(url).decode())
            received = {series: value for series, value in own(everything).items()
                        if series[0].startswith("codex_") and not series[0].endswith(("_sum", "_bucket"))
                        and not any(name == "quantile" for name, _ in series[1])}
            problems = differences(*(map(squeezed, (expected, received)) if words else (expected, received)))
            if not problems:
                break
            subprocess.run(["sleep", "0.1"], check=True)
    problems += [f"the server counts {shown(series)} {value:g}" for series, value in everything.items()
                 if series[0] in ERRORS and value != 0]
    problems += [f"forged: {shown(series)}" for series in everything if "forged" in series[0] and
                 not series[0].startswith(("codex_items_", "codex_item_"))]
    lines = sum(value for (name, _), value in everything.items() if name == "statsd_exporter_lines_total")
    packets = sum(value for (name, _), value in everything.items()
                  if name in ("statsd_exporter_udp_packets_total", "statsd_exporter_unixgram_packets_total"))
    print(f"{mode}: {len(received)} series of {lines:g} lines in {packets:g} packets, {len(problems)} problems")
    return problems


def named(counted: Values, *, plain: bool) -> Values:
    """What we counted, as it names the same. (It has no "_total", but prometheus_client, which reads it, adds that.)"""
    values: Values = collections.defaultdict(float)
    for (name, labels), value in counted.items():
        stem, suffix = re.fullmatch("(.*?)(?:_seconds(?=_count$))?(_total|_count|)", name).groups()
        if plain:
            # In the order of the metric's own labels.
            order = {"outcome": 1, "state": 1}
            for label, text in sorted(labels, key=lambda each: order.get(each[0], 0)):
                stem += f"_{escaped(label)}_{escaped(clean_part(text))}"
            values[stem + suffix, frozenset()] += value
        else:
            values[stem + suffix, frozenset((label, clean_tag(text)) for label, text in labels if text)] += value
    return dict(values)


def clean_tag(text: str) -> str:
    return re.sub("[\x00-\x1f\x7f-\x9f:|@#,\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffd]", "_", text)


def clean_part(text: str) -> str:
    return re.sub("[^A-Za-z0-9_-]", "_", text) if text else "none"


def escaped(text: str) -> str:
    """What Prometheus has no name for, as the server replaces it."""
    return re.sub("[^A-Za-z0-9_]", "_", text)


def squeezed(values: Values) -> Values:
    """It also makes some runs of what it replaces shorter."""
    squeezed: Values = collections.defaultdict(float)
    for (name, labels), value in values.items():
        squeezed[re.sub("_+", "_", name), labels] += value
    return squeezed


if __name__ == "__main__":
    sys.exit(main())
