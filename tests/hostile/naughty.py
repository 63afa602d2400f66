#!/usr/bin/env python3
"""Hostile strings through every field, file name and writer of the tool: nothing of them acts in a terminal, a
browser, a build service's log, JUnit or a spreadsheet, and every form is whole.

--strings FILE: a JSON array of strings; those of tests/telemetry/hostile_labels.json and a few of our own come too.
--sample N: only every N-th of them, for a quick look. Prints what was wrong, and a line of figures. Exit status 1 where something was."""
from __future__ import annotations

import argparse
import hashlib
import html.parser
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as tree
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OWN = [
    "::set-output name=a::b", "::error::x", " ::stop-commands::x", "##[error]x", "a ##vso[task.setvariable variable=a]b",
    "##teamcity[buildStatus status='FAILURE']", "\x1b]0;title\x07\x1b[31mred\x1b[0m", "\x1bc", "\x9b31m", "a\rb", "a\nb",
    "\u202eabc", "\u2028x\u2029", "\ufeff", "=cmd|' /C calc'!A0", "+1+1", "-2", "@SUM(1)", "]]>", "--><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "</testsuites>", "&lt;", "javascript:alert(1)", "| a | b |", "```", "[a](javascript:x)",
    "\x00", "\x7f", "\u0085x", "\ud800", "$(touch owned)", "`touch owned`", "'; touch owned; '", "../../x", "-rf", "--help",
]
# What may not stand in any text: C0 but tab and line feed, DEL, C1, marks of direction, line separators.
ACTS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")
COMMANDS = re.compile(r"^\s*::|##[A-Za-z]*\[", re.MULTILINE)


class Page(html.parser.HTMLParser):
    """The tags of a page, and which of their attributes could run something."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: dict[str, int] = {}
        self.acting: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags[tag] = self.tags.get(tag, 0) + 1
        for name, value in attributes:
            if name.startswith("on") or (value or "").strip().lower().startswith(("javascript:", "data:", "http:")):
                self.acting.append(f"{tag} {name}={value}")


def session(text: str) -> str:
    """Of codex exec, with the text wherever it can stand."""
    items = [
        {"type": "agent_message", "text": text}, {"type": "reasoning", "text": text},
        {"type": "command_execution", "command": text, "aggregated_output": text, "exit_code": 1, "status": "failed"},
        {"type": "file_change", "changes": [{"path": text, "kind": "update"}], "status": "completed"},
        {"type": "mcp_tool_call", "server": text, "tool": text, "arguments": {text: text}, "status": "failed",
         "error": {"message": text}, "result": None},
        {"type": "web_search", "query": text}, {"type": "todo_list", "items": [{"text": text, "completed": False}]},
        {"type": "error", "message": text}, {"type": text, text: text},
    ]
    events = [{"type": "thread.started", "thread_id": text}, {"type": "turn.started"}]
    events += [{"type": "item.completed", "item": {"id": f"item_{i}"} | item} for i, item in enumerate(items)]
    events += [{"type": text}, {"type": "error", "message": text}, {"type": "turn.failed", "error": {"message": text}}]
    return "".join(json.dumps(event) + "\n" for event in events) + text.encode("utf-8", "replace").decode() + "\n"


def file_name(text: str, number: int) -> str:
    name = re.sub(r"[/\x00]", "_", text).encode("utf-8", "surrogateescape" if "\udc80" <= text[:1] <= "\udcff" else "replace")
    return name[:100].decode("utf-8", "ignore") + f"{number}.exec.jsonl"


def golden_of(transcript: str, text: str) -> str:
    """As the real client's, and every text in it another one: so each is told as a difference."""
    header, *lines, _ = transcript.split("\n")[:-1]
    first = json.loads(header)
    first["subject"] = {"name": "agents", "package": "openai-agents", "version": "0.24.0"}
    said = json.dumps(text, ensure_ascii=False)[1:-1]
    changed = [line.replace(f':"{said}"', ':"other"') if text else line for line in lines]
    body = "".join(line + "\n" for line in changed)
    digest = hashlib.sha256(body.encode()).hexdigest()
    footer = json.dumps({"observations": len(changed), "sha256": digest}, separators=(",", ":"))
    return json.dumps(first, separators=(",", ":"), ensure_ascii=False) + "\n" + body + footer + "\n"


def problems_of(name: str, data: bytes, tags: dict[str, int] | None) -> list[str]:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        return [f"{name}: no UTF-8: {error}"]
    found = []
    for match in list(ACTS.finditer(text))[:3]:
        found.append(f"{name}: {match[0]!r} in {text[max(match.start() - 40, 0):match.end() + 20]!r}")
    for match in list(COMMANDS.finditer(text))[:3]:
        found.append(f"{name}: a build service's command: {text[match.start():match.end() + 40]!r}")
    try:
        if name.endswith(".json"):
            json.loads(text)
        if name.endswith(".jsonl"):
            for line in text.split("\n")[:-1]:
                json.loads(line)
        if name.endswith(".xml"):
            tree.fromstring(text)
    except (ValueError, tree.ParseError) as error:
        found.append(f"{name}: broken: {error}")
    if name.endswith(".html"):
        page = Page()
        page.feed(text)
        found += [f"{name}: {each}" for each in page.acting]
        if tags is not None and set(page.tags) - set(tags) or page.tags.get("script") != (tags or page.tags).get("script"):
            found.append(f"{name}: tags {sorted(page.tags)}")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--strings", type=Path)
    parser.add_argument("--sample", type=int, default=1, metavar="N")
    arguments = parser.parse_args()
    labels = json.loads((ROOT / "tests/telemetry/hostile_labels.json").read_text(encoding="utf-8"))
    strings = OWN + [each for each in labels if isinstance(each, str)]
    if arguments.strings:
        strings += json.loads(arguments.strings.read_text(encoding="utf-8"))
    strings = strings[:: arguments.sample]
    tool, out = str(Path(arguments.tool).resolve()), arguments.output.resolve()
    tapes, wild, transcripts, goldens = (out / name for name in ("tapes", "wild", "transcripts", "goldens"))
    for folder in (tapes, wild, transcripts, goldens):
        folder.mkdir(parents=True, exist_ok=True)
    for folder in (tapes, wild, transcripts, goldens):
        for file in folder.rglob("*.jsonl"):
            file.unlink()  # of a run before
    names = {}
    for number, text in enumerate(strings):
        name = file_name(text, number)
        (wild / name).write_text(session("x"))
        name = re.sub(r"[\x00-\x1f\x7f]", "_", name)  # a golden's name has no control characters
        (tapes / name).write_text(session(text), encoding="utf-8", errors="replace")
        names[name.removesuffix(".exec.jsonl")] = text

    bad: list[str] = []
    written = 0

    def run(*command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run([tool, *command], input=stdin, capture_output=True, cwd=out, check=False, timeout=900)
        if done.returncode not in (0, 1, 2):
            bad.append(f"{command}: exit status {done.returncode}")
        for stream, data in (("stdout", done.stdout), ("stderr", done.stderr)):
            # What a host logs is for the host: its lines have U+FEFF and "##[" as they came.
            logs = command[0] == "observe" and stream == "stdout"
            seen = re.sub(rb"\xef\xbb\xbf|##", b"", data) if logs else data
            bad.extend(f"{command[0]} {stream}: {each}" for each in problems_of(stream, seen, None))
        return done

    for form in ("text", "json", "jsonl", "junit", "markdown", "html"):
        run("replay", "wild", "--subject", "cpp", "--no-golden", "--format", form)
    run("replay", "wild", "--list")
    run("replay", "tapes", "--subject", "cpp", "--no-golden", "--transcripts", "transcripts", "-q")
    for session_name, text in names.items():
        transcript = transcripts / f"{session_name}.cpp.jsonl"
        if transcript.exists():
            golden = goldens / f"{session_name}.golden.jsonl"
            golden.write_text(golden_of(transcript.read_text(encoding="utf-8"), text), encoding="utf-8")
            if run("diff", str(golden), str(golden)).returncode == 2:
                golden.unlink()  # the string is a lane's or a form's own word
    made = len(list(goldens.rglob("*.golden.jsonl")))
    green = out / "green.html"
    run("replay", str(ROOT / "harness/sessions/echo.tape.jsonl"), "--subject", "cpp", "--format", "html", "-o", str(green))
    for form, ending in (("text", "txt"), ("json", "json"), ("jsonl", "jsonl"), ("junit", "xml"), ("markdown", "md"),
                         ("html", "html")):
        target = out / f"report.{ending}"
        run("replay", "tapes", "--subject", "cpp", "--golden", "goldens", "--format", form, "-o", str(target))
        run("replay", "tapes", "--subject", "cpp", "--golden", "goldens", "--format", form)
        bad.extend(problems_of(target.name, target.read_bytes(), None))
        written += 1
    report = json.loads((out / "report.json").read_text(encoding="utf-8"))
    differences = sum(len(each["differences"]) for each in report["sessions"])
    for transcript in sorted(transcripts.rglob("*.jsonl")):
        bad.extend(f"transcript: {each}" for each in problems_of("x.jsonl", transcript.read_bytes(), None))
    for text in strings:
        run("observe", "--events", "events.jsonl", "--tape", "observed.tape.jsonl", "--format", "json", stdin=session(text).encode("utf-8", "replace"))
    page = Page()
    page.feed((out / "report.html").read_text(encoding="utf-8"))
    clean = Page()
    clean.feed(green.read_text(encoding="utf-8"))
    if page.tags.get("script") != clean.tags.get("script") or page.tags.get("img"):
        bad.append(f"report.html: {page.tags} beside {clean.tags}")
    bad.extend(f"report.html: {each}" for each in page.acting)
    if (out / "owned").exists():
        bad.append("a string was run by a shell")
    for each in bad[:60]:
        print(each)
    print(f"{len(strings)} strings, {len(names)} sessions, {made} goldens, {differences} differences told, "
          f"{written} forms: {len(bad)} problems")
    return 1 if bad or made < len(names) // 2 or differences < len(names) else 0


if __name__ == "__main__":
    sys.exit(main())
