#!/usr/bin/env python3
"""Writes tapes that put on the wire all that the clients' own types declare.

    .venv/bin/python scripts/generate_sessions.py [--out DIR]           writes what is not up to date
    .venv/bin/python scripts/generate_sessions.py --check [--out DIR]   writes nothing; exits 1 and
                                                                        names what is not

Of the installed openai-codex the notifications and responses with every field, member of a union
and value of an enum; of the installed openai-agents the events and items of its Codex extension.
An upgraded package so gets tapes by itself: `golden update --session 'generated/*'` then keeps what
its client shows. DIR is harness/sessions/generated; tapes there that are made no more are removed.
"""

import argparse
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

OUT = pathlib.Path(__file__).resolve().parent.parent / "harness/sessions/generated"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="only say what is not up to date")
    parser.add_argument("--out", type=pathlib.Path, default=OUT)
    options = parser.parse_args()
    try:
        from generating import app_server, exec as exec_sessions
    except ImportError as error:
        sys.exit(f"needs the clients ({error}): run it with .venv/bin/python")
    made = {}
    for name, text in [*exec_sessions.sessions(), *app_server.sessions()]:
        made[options.out / f"{name}.tape.jsonl"] = text
    there = set(options.out.rglob("*.tape.jsonl"))
    stale = [path for path, text in sorted(made.items()) if not _holds(path, text)]
    gone = sorted(there - set(made))
    if options.check:
        for path in [*stale, *gone]:
            print(f"{path}: not what the installed clients declare; run {sys.argv[0]}")
        sys.exit(1 if stale or gone else 0)
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(made[path], encoding="utf-8")
        print(f"wrote {path}")
    for path in gone:
        path.unlink()
        print(f"removed {path}")


def _holds(path, text):
    return path.exists() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    main()
