#!/usr/bin/env python3
"""Writes what OpenTelemetry's propagator reads from W3C headers, for propagation_test.cc.

    .venv/bin/python tests/telemetry/generate_propagation_vectors.py [--out FILE] [--random N] [--seed N]

One JSON object a line: {"traceparent", "tracestate", "read"}; "read" is null where the propagator takes
nothing, else {"trace_id", "span_id", "sampled", "state", "injected"}: the members of tracestate in order, and the
traceparent that the propagator itself would send on. A header that is null was not there.

No header holds a line feed (the propagator's expression lets one pass at the end, where a header cannot have it), and
no tracestate is longer than the 512 bytes that we carry (the propagator takes 8192).
"""

import argparse
import importlib.metadata
import json
import pathlib
import random

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

DEFAULT_OUT = pathlib.Path(__file__).resolve().parent / "propagation_vectors.jsonl"
VERSION = "1.45.2"
TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"

PARENTS = [
    None, "", " ", "00", GOOD, f" {GOOD}", f"{GOOD}\t ", f"\t {GOOD} ", GOOD.upper(), f"{GOOD}-", f"{GOOD}-x",
    f"{GOOD}x", f"00-{TRACE}-{SPAN}-00", f"00-{TRACE}-{SPAN}-02", f"00-{TRACE}-{SPAN}-ff", f"00-{TRACE}-{SPAN}-0",
    f"00-{TRACE}-{SPAN}", f"00-{'0' * 32}-{SPAN}-01", f"00-{TRACE}-{'0' * 16}-01", f"ff-{TRACE}-{SPAN}-01",
    f"fe-{TRACE}-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-what-the-future-will-be-like", f"cc-{TRACE}-{SPAN}-01-",
    f"cc-{TRACE}-{SPAN}-01.x", f"01-{TRACE}-{SPAN}-01 ", f"00_{TRACE}_{SPAN}_01", f"00-{TRACE}{SPAN}-01",
    f"00-{TRACE[:-1]}g-{SPAN}-01", f"cc-{TRACE}-{SPAN}-01-{'x' * 456}", f"cc-{TRACE}-{SPAN}-01-{'x' * 457}",
    f"00-{TRACE}-{SPAN}-01\x00",
]
STATES = [
    None, "", " ", ",", " , ,\t,", "a=1", "a=1,b=2", "a=1, b=2", "a=1 ,\tb=2 ", ",a=1,,b=2,", "a=1,a=2", "a=", "=1",
    "a", "a==", "a=1=2", "a=b c", "a= b", "a=b ", "a=b\t", "a =1", "A=1", "1a=1", "a1=1", "_a=1", "a_-*/b=1", "a.b=1",
    "t@v=1", "1t@v=1", "t@1v=1", "t@=1", "@v=1", "t@v@w=1", "a=~!#$%&'()*+-./:;<>?@[]^_`{|}", 'a="', "a=\\", "a=\x7f", "a=\x1f",
    "a=é", "é=1", f"{'k' * 256}=1", f"{'k' * 257}=1", f"{'t' * 241}@{'v' * 14}=1", f"{'t' * 242}@v=1",
    f"t@{'v' * 15}=1", f"a={'v' * 256}", f"a={'v' * 257}", "," * 64, "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
    *(",".join(f"k{i}=1" for i in range(count)) + tail for count, tail in [(32, ""), (33, ""), (32, ",,,")]),
]


def read(traceparent, tracestate):
    headers = {"traceparent": traceparent, "tracestate": tracestate}
    carrier = {name: value for name, value in headers.items() if value is not None}
    propagator = TraceContextTextMapPropagator()
    context = propagator.extract(carrier)
    span = trace.get_current_span(context).get_span_context()
    if not span.is_valid:
        return None
    sent = {}
    # A span of version 00 whose other flags are not set, as whoever goes on with a trace makes it.
    flags = trace.TraceFlags(span.trace_flags & 1)
    own = trace.SpanContext(span.trace_id, span.span_id, False, flags, span.trace_state)
    propagator.inject(sent, trace.set_span_in_context(trace.NonRecordingSpan(own)))
    return {
        "trace_id": trace.format_trace_id(span.trace_id),
        "span_id": trace.format_span_id(span.span_id),
        "sampled": bool(span.trace_flags & 1),
        "state": [list(member) for member in span.trace_state.items()],
        "injected": sent["traceparent"],
    }


class Headers:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def hex(self, digits):
        return "".join(self.random.choice("0123456789abcdef") for _ in range(digits))

    def parent(self):
        version = self.random.choice(["00", "00", "00", "01", "cc", "ff", self.hex(2)])
        tail = self.random.choice(["", "", "", "", "-", "-later", " ", "0"])
        return self.damaged(f"{version}-{self.hex(32)}-{self.hex(16)}-{self.hex(2)}{tail}")

    def key(self):
        first = self.random.choice("abcdefghijklmnopqrstuvwxyz" if self.random.random() < 0.99 else "09_-*/")
        plain = first + "".join(self.random.choice("abz019_-*/") for _ in range(self.random.randint(0, 5)))
        return plain if self.random.random() < 0.9 else f"{plain}@{self.random.choice(['v', 'sys-1', 'a*/_'])}"

    def value(self):
        blank = " " if self.random.random() < 0.1 else ""
        return blank + "".join(self.random.choice("aZ09!<>~+;:@\"") for _ in range(self.random.randint(1, 8)))

    def state(self):
        members = [f"{self.key()}={self.value()}" for _ in range(self.random.choice([0, 1, 1, 2, 3, 8, 31, 34]))]
        members += self.random.choice([[], [], [""], [" "]])
        self.random.shuffle(members)
        return self.damaged(self.random.choice([",", ",", ", ", " ,\t"]).join(members))[:512]

    def damaged(self, text):
        """Mostly as it is; else with a character put in, taken out or changed."""
        if not text or self.random.random() < 0.6:
            return text
        place = self.random.randrange(len(text))
        other = self.random.choice(["", self.random.choice("0aAg-=, @\t\x7fé")])
        return text[:place] + other + text[place + self.random.randint(0, 1):]


def cases(count, seed):
    headers = Headers(seed)
    yield from ((parent, "a=1,b=2") for parent in PARENTS)
    yield from ((GOOD, state) for state in STATES)
    for _ in range(count):
        yield headers.parent(), headers.random.choice([None, headers.state()])
        yield GOOD, headers.state()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=DEFAULT_OUT)
    parser.add_argument("--random", type=int, default=350, metavar="N")
    parser.add_argument("--seed", type=int, default=20231010)
    options = parser.parse_args()
    if importlib.metadata.version("opentelemetry-api") != VERSION:
        parser.error(f"the vectors are those of opentelemetry-api {VERSION}")
    with options.out.open("w", encoding="ascii") as out:
        for parent, state in cases(options.random, options.seed):
            case = {"traceparent": parent, "tracestate": state, "read": read(parent, state)}
            out.write(json.dumps(case, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
