"""What the checks of both metrics exporters share: our example program, servers, and how values are compared."""
from __future__ import annotations

import contextlib
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

Series = tuple[str, frozenset[tuple[str, str]]]
Values = dict[Series, float]

OF_EXPORTERS = ("otel_sdk_", "exposer_", "codex_statsd_")
"""What exporters count of themselves: it changes with every scrape."""


class Failed(Exception):
    pass


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def until(what: str, found: Callable[[], Any], seconds: float = 60) -> Any:
    """What `found` returns, once that is something; it may raise OSError until then."""
    end = time.monotonic() + seconds
    problem: object = "nothing"
    while time.monotonic() < end:
        try:
            if result := found():
                return result
        except OSError as error:
            problem = error
        time.sleep(0.05)
    raise Failed(f"{what}: not within {seconds:g} s ({problem})")


@contextlib.contextmanager
def running(command: list[str | Path], log: Path, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("wb") as output:
        process = subprocess.Popen([str(word) for word in command], stderr=output, **({"stdout": output} | options))
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def printed(example: Path, log: bytes, *words: str) -> str:
    done = subprocess.run([example, *words], input=log, capture_output=True, timeout=60)
    if done.returncode != 0 or done.stderr:
        raise Failed(f"{example.name} {' '.join(words)}: exit {done.returncode}: {done.stderr.decode()}")
    return done.stdout.decode()  # strictly


def read(text: str) -> Values:
    """As prometheus_client reads it; a series that comes twice is an error."""
    return collected(text_string_to_metric_families(text))


def collected(families: Any) -> Values:
    values: Values = {}
    for family in families:
        for sample in family.samples:
            series = (sample.name, frozenset(sample.labels.items()))
            if series in values:
                raise Failed(f"twice: {shown(series)}")
            values[series] = sample.value
    return values


def own(values: Values, *, times: bool = True) -> Values:
    """Without what exporters count of themselves, and without sums and buckets of times where they differ from run to run."""
    suffixes = () if times else ("_seconds_sum", "_seconds_bucket")
    return {series: value for series, value in values.items()
            if not series[0].startswith(OF_EXPORTERS) and not series[0].endswith(suffixes or ("\0",))}


def shown(series: Series) -> str:
    return series[0] + repr(dict(sorted(series[1])))


def differences(expected: Values, actual: Values) -> list[str]:
    lines = []
    for series in sorted(expected.keys() | actual.keys(), key=shown):
        before, after = expected.get(series), actual.get(series)
        if before != after:
            lines.append(f"{shown(series)}: expected {before}, is {after}")
    return lines
