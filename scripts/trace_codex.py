#!/usr/bin/env python3
"""Show one trace across a program that links the library and the real codex.

    scripts/trace_codex.py --examples build/dev/bin/examples

runs the examples spawn_codex (codex exec, TRACEPARENT in its environment) and drive_app_server (codex app-server, the
`trace` field of requests) with the codex of `.venv`, offline: a scripted model answers, and codex exports its spans to
a sink on loopback. Prints the top of the two span trees, and fails where codex's spans do not carry our trace id or do
not hang under our spans. Nothing leaves the machine. `--wrong trace` and `--wrong parent` change that id on the way to
codex, to show that the checks see it.

Exit status: 0 all fits, 1 something does not, 2 it could not be run.
"""
from __future__ import annotations

import argparse
import json
import secrets
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Iterator

from recording import RecordingError
from recording.binary import Binary
from recording.workshop import Workshop
from tracing.sink import SpanSink
from tracing.tree import Span, Tree, table

ROOT = Path(__file__).resolve().parent.parent
PROMPT = "Say hi, and print it too."
ANSWERS = [[{"command": "printf hi"}], [{"message": "hi", "phase": "final_answer"}]]
STATE = "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"
REQUESTS = ("initialize", "thread/start", "turn/start")
TURN = "session_task.turn"
LEAST_SHARE = 0.9
"""Of codex's spans; a few (tasks that it starts for itself) have traces of their own."""

CHANGES = {"trace": "s/00-[0-9a-f]{32}-/00-dddddddddddddddddddddddddddddddd-/",
           "parent": "s/(00-[0-9a-f]{32}-)[0-9a-f]{16}/\\1eeeeeeeeeeeeeeee/"}


def main(argv: list[str] | None = None) -> int:
    options = parse(argv)
    problems: list[str] = []
    try:
        binary = Binary.find(options.codex, options.python)
        print(f"codex {binary.provenance()['version']}")
        for title, run in (("codex exec, TRACEPARENT in its environment", run_exec),
                           ("codex app-server, `trace` in its requests", run_app_server)):
            tree, found = run(binary.path, options)
            print(f"\n{title}; trace {tree.trace}\n")
            print("\n".join(table(tree, options.depth, options.least)))
            print(f"\n{summary(tree)}")
            problems += [f"{title}: {problem}" for problem in found]
    except (RecordingError, OSError, subprocess.SubprocessError) as error:
        print(f"trace_codex: {error}", file=sys.stderr)
        return 2
    for problem in problems:
        print(f"trace_codex: {problem}", file=sys.stderr)
    return 1 if problems else 0


def parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0],
                                     epilog="example: scripts/trace_codex.py --examples build/dev/bin/examples")
    parser.add_argument("--examples", required=True, type=Path, help="folder of the built examples")
    parser.add_argument("--codex", type=Path, help="the codex executable (default: the one that --python ships)")
    parser.add_argument("--python", type=Path, default=ROOT / ".venv/bin/python",
                        help="the Python with the clients (default: .venv)")
    parser.add_argument("--wrong", choices=CHANGES, help="give codex another trace, or another parent")
    parser.add_argument("--depth", type=int, default=1,
                        help="levels to show below what hangs under our spans (1)")
    parser.add_argument("--least", type=int, default=70, help="deeper, show what has so many spans below (70)")
    parser.add_argument("--timeout", type=float, default=60, metavar="S", help="seconds for one process (60)")
    return parser.parse_args(argv)


def run_exec(codex: Path, options: argparse.Namespace) -> tuple[Tree, list[str]]:
    """Three programs in a row: this one, which makes up a trace, the example, codex."""
    trace = secrets.token_hex(16)
    came_in = {"TRACEPARENT": f"00-{trace}-{secrets.token_hex(8)}-01", "TRACESTATE": STATE}
    arguments = ["exec", "--experimental-json", "--skip-git-repo-check", "-"]
    ours, theirs = traced(options, codex, came_in, ["spawn_codex"], arguments)
    tree = Tree(ours + theirs, trace)
    return tree, list(problems_of_exec(tree))


def run_app_server(codex: Path, options: argparse.Namespace) -> tuple[Tree, list[str]]:
    ours, theirs = traced(options, codex, {}, ["drive_app_server", PROMPT], ["app-server", "--listen", "stdio://"])
    tree = Tree(ours + theirs, ours[0].trace)
    return tree, list(problems_of_app_server(tree))


def traced(options: argparse.Namespace, codex: Path, came_in: dict[str, str], example: list[str],
           arguments: list[str]) -> tuple[list[Span], list[Span]]:
    """Runs an example with codex under it; gives our spans and codex's."""
    with SpanSink() as sink, Workshop({"answers": ANSWERS}, options.python, ROOT, sink.address) as workshop:
        if options.wrong:
            codex = between(workshop.working_folder.parent, codex, CHANGES[options.wrong])
        command = [options.examples.absolute() / example[0], *example[1:], codex, *arguments]
        done = subprocess.run(command, input=PROMPT.encode(), capture_output=True, timeout=options.timeout,
                              cwd=workshop.working_folder, env=workshop.environment() | came_in)
        if done.returncode != 0:
            said = (done.stderr or done.stdout).decode("utf-8", "replace").strip()
            raise RecordingError(f"{example[0]}: exit status {done.returncode}: {said[-2000:]}")
        lines = [line for line in done.stdout.splitlines() if line.startswith(b'{"object":"trace.span"')]
        return [Span.exported_by_us(json.loads(line)) for line in lines], sink.spans()


def between(folder: Path, codex: Path, change: str) -> Path:
    """A program in codex's place that changes the trace context and goes on as codex."""
    script = folder / "changed"
    script.write_text(f"""#!/bin/sh
change() {{ sed -u -E '{change}'; }}
[ -z "$TRACEPARENT" ] || export TRACEPARENT="$(printf '%s' "$TRACEPARENT" | change)"
case $1 in
  app-server) change | '{codex}' "$@" ;;
  *) exec '{codex}' "$@" ;;
esac
""", encoding="utf-8")
    script.chmod(0o755)
    return script


def problems_of_exec(tree: Tree) -> Iterator[str]:
    yield from problems_of(tree)
    roots = [span for span in tree.spans if span.name == "codex.exec"]
    if len(roots) != 1:
        yield f"{len(roots)} spans are named codex.exec, not one"
    for root in roots:
        yield from unless_under(tree, root, "codex exec")
    for span in tree.spans:
        if not span.ours and span.state != STATE:
            yield f"{span.name} has tracestate {span.state!r}, not {STATE!r}"
            return


def problems_of_app_server(tree: Tree) -> Iterator[str]:
    yield from problems_of(tree)
    for name in REQUESTS:
        answered = [span for span in tree.spans if span.name == name and not span.ours]
        if len(answered) != 1:
            yield f"{len(answered)} of codex's spans in our trace are named {name}, not one"
        for span in answered:
            yield from unless_under(tree, span, name)


def problems_of(tree: Tree) -> Iterator[str]:
    theirs = [span for span in tree.spans + tree.others if not span.ours]
    carrying = [span for span in tree.spans if not span.ours]
    if len(carrying) < LEAST_SHARE * len(theirs) or not carrying:
        yield f"{len(carrying)} of codex's {len(theirs)} spans carry our trace id {tree.trace}"
    for span in tree.others:
        if span.ours:
            yield f"our span {span.name} has the trace id {span.trace}, not {tree.trace}"
    lost = Counter(f"{span.name} under {span.parent or 'nothing'}" for span in tree.lost())
    for what, count in lost.items():
        yield f"hangs under no span that is there: {what}" + (f" ({count} times)" if count > 1 else "")
    turns = [span for span in tree.spans if span.name == TURN]
    if len(turns) != 1 or not any(above.ours for above in tree.ancestors(turns[0])):
        yield f"the turn ({TURN}) does not hang under our spans"


def unless_under(tree: Tree, span: Span, name: str) -> Iterator[str]:
    parent = tree.parent(span)
    if parent is None or not parent.ours or parent.name != name:
        yield f"{span.name} hangs under {span.parent or 'nothing'}, not under our span {name!r}"


def summary(tree: Tree) -> str:
    carrying = [span for span in tree.spans if not span.ours]
    others = [span for span in tree.others if not span.ours]
    own = Counter(span.name for span in others if not span.parent)
    listed = ", ".join(f"{name} ×{count}" if count > 1 else name for name, count in sorted(own.items()))
    return (f"{len(carrying)} of codex's {len(carrying) + len(others)} spans carry our trace id; "
            f"{len(others)} are in traces of their own" + (f" (roots: {listed})" if listed else ""))


if __name__ == "__main__":
    sys.exit(main())
