"""Two large transcripts compared: `codex-telemetry-diff diff` and what people use instead.

    compare_peers.py BIN VENV FOLDER [SIZE …]     SIZE: observations a side, default 1000 10000 100000

BIN has the program and the peers in C++, VENV has deepdiff. Prints JSON. `seconds` are those of the
processor, user and system, of each process, `wall` those of the clock, one for each run: three of
what is fast, one of what takes its time. `memory` is the peak of each in bytes; `edits` is how many
were made, `reported` how many differences ours and deepdiff tell. FOLDER takes the transcripts. The
pairs: `equal`; `edited`, 0.1 % changed, inserted or deleted; up to 100,000 also `moved`, a quarter
at another place, `rotated` by a third, and `nothing` in common.
"""

import json
import pathlib
import random
import resource
import subprocess
import sys

WORDS = "the quick brown fox jumps over a lazy dog while tests run and builds pass in silence".split()
MOST_FOR_ALL = 100_000
TIMES = 3

PARSE_AND_COMPARE = """
import json, sys
a, b = ([json.loads(line) for line in open(name, "rb")] for name in sys.argv[1:])
sys.exit(a != b)
"""

DEEPDIFF = """
import json, sys
from deepdiff import DeepDiff
a, b = ([json.loads(line) for line in open(name, "rb")] for name in sys.argv[1:])
found = DeepDiff(a, b)
print(sum(map(len, found.values())), "differences")
sys.exit(bool(found))
"""


class Peer:
    """`slow`: run once; `most`: observations a side, beyond which it is not run, by pair."""

    def __init__(self, name, command, slow=False, most=None):
        self.name = name
        self.command = command
        self.times = 1 if slow else TIMES
        self._most = most

    def runs(self, kind, size):
        return self._most is None or size <= self._most.get(kind, 0)


def peers(bin, venv):
    python = [venv / "bin" / "python", "-I", "-c"]
    return [
        Peer("ours", [bin / "codex-telemetry-diff", "-q", "diff"]),
        Peer("cmp", ["cmp"]),
        Peer("simdjson DOM", [bin / "ctd_simdjson_peer"]),
        Peer("GNU diff", ["diff"]),
        Peer("git diff", ["git", "diff", "--no-index"], slow=True),
        Peer("dtl", [bin / "ctd_dtl_peer"], slow=True),
        Peer("Python ==", [*python, PARSE_AND_COMPARE], slow=True),
        # 100,000 take it a minute.
        Peer("deepdiff", [*python, DEEPDIFF], slow=True, most={"edited": MOST_FOR_ALL, "equal": 10_000}),
    ]


class Transcript:
    """Observations by number, the same in each run, as lines."""

    def __init__(self):
        self._random = random.Random(7)
        self.edits = 0

    def text(self, count):
        return " ".join(self._random.choice(WORDS) for _ in range(count))

    def observation(self, i):
        kind = i % 10
        if kind < 4:
            item = {"id": f"item_{i}", "type": "command_execution", "command": self.text(6)}
            item |= {"aggregated_output": self.text(28), "exit_code": None, "status": "in_progress"}
            return self._made("event/call:1", "codex.item.updated", "wire", {"item": item})
        if kind < 6:
            item = {"id": f"item_{i}", "type": "agent_message", "text": self.text(44)}
            return self._made("event/call:1", "codex.item.completed", "wire", {"item": item})
        if kind < 8:
            data = {"logger": "openai.agents", "level": "DEBUG", "template": "Creating span %s"}
            data |= {"args": [self.text(30), f"<span:{i}>"], "exception": None}
            return self._made("log/run", "openai.agents", "driver", data)
        inner = {"a": i, "b": i * 0.5, "c": self.text(20), "d": [1, 2, 3, {"k": "v"}]}
        data = {"id": f"<span:{i}>", "parent": f"<span:{i // 2}>", "started": "<time>"}
        data |= {"ended": "<time>", "data": {"name": self.text(3), "data": inner}}
        return self._made("span/run", "custom", "wire", data)

    @staticmethod
    def _made(lane, name, origin, data):
        value = {"lane": lane, "name": name, "origin": origin, "data": data}
        return json.dumps(value, separators=(",", ":")) + "\n"

    def pair(self, kind, count):
        left = [self.observation(i) for i in range(count)]
        if kind == "edited":
            return left, list(self._edited(left))
        if kind == "moved":
            quarter = count // 4
            middle = left[2 * quarter : 3 * quarter] + left[quarter : 2 * quarter]
            return left, left[:quarter] + middle + left[3 * quarter :]
        if kind == "rotated":
            return left, left[count // 3 :] + left[: count // 3]
        if kind == "nothing":
            return left, [self.observation(count + i) for i in range(count)]
        return left, left

    def _edited(self, left):
        for i, one in enumerate(left):
            chance = self._random.random()
            self.edits += chance < 0.001
            if chance < 0.001 / 3:
                yield one.replace('"data":{', '"data":{"changed":true,', 1)
            elif chance < 0.002 / 3:
                yield self.observation(len(left) + i)
                yield one
            elif chance >= 0.001:
                yield one


def write(path, lines):
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)


# A process of its own starts each: what that one has of memory counts for its children too.
MEASURE = """
import os, sys, tempfile, time
with tempfile.TemporaryFile() as shown:
    actions = [(os.POSIX_SPAWN_DUP2, shown.fileno(), 1)]
    begin = time.monotonic()
    pid = os.posix_spawnp(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions)
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - begin
    size = shown.seek(0, os.SEEK_END)
    shown.seek(max(0, size - 200))
    last = shown.read().splitlines()[-1:]
print(os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, wall, used.ru_maxrss, flush=True)
sys.stdout.buffer.write(last[0] if last else b"")
"""


def run(command):
    """Processor seconds, seconds, peak memory in bytes and the last line of one process; its status
    is no concern but that it is 0 or 1."""
    shown = subprocess.run(
        [sys.executable, "-I", "-c", MEASURE, *map(str, command)], capture_output=True, check=True
    ).stdout.decode(errors="replace")
    numbers, _, last = shown.partition("\n")
    status, processor, wall, peak = numbers.split()
    if status not in ("0", "1"):
        sys.exit(f"compare_peers.py: {command[0]} ended with {status}")
    return float(processor), float(wall), int(peak) * 1024, last


def differences(last):
    """Of a last line as "11 differences; …", or that there are none."""
    count = last.partition(" difference")[0]
    return int(count) if count.isdigit() else 0


def compared(kind, size, a, b, peers):
    transcript = Transcript()
    left, right = transcript.pair(kind, size)
    write(a, left)
    write(b, right)
    del left, right
    mapped = a.stat().st_size + b.stat().st_size
    row = {"pair": kind, "size": size, "bytes": mapped, "edits": transcript.edits}
    row |= {"seconds": {}, "wall": {}, "memory": {}, "reported": {}}
    of_this = [peer for peer in peers if peer.runs(kind, size)]
    # In turns: what else the machine does meets all of them.
    for turn in range(TIMES):
        for peer in of_this:
            if turn >= peer.times:
                continue
            processor, wall, peak, last = run([*peer.command, a, b])
            row["seconds"].setdefault(peer.name, []).append(processor)
            row["wall"].setdefault(peer.name, []).append(wall)
            row["memory"][peer.name] = max(peak, row["memory"].get(peer.name, 0))
            if peer.name in ("ours", "deepdiff"):
                row["reported"][peer.name] = differences(last)
    return row


def main():
    bin, venv, folder = (pathlib.Path(word).absolute() for word in sys.argv[1:4])
    sizes = [int(size) for size in sys.argv[4:]] or [1000, 10000, 100000]
    folder.mkdir(parents=True, exist_ok=True)
    a, b = folder / "a.jsonl", folder / "b.jsonl"
    found = []
    for size in sizes:
        kinds = ["equal", "edited"]
        if size <= MOST_FOR_ALL:
            kinds += ["moved", "rotated", "nothing"]
        found += [compared(kind, size, a, b, peers(bin, venv)) for kind in kinds]
    a.unlink()
    b.unlink()
    print(json.dumps(found))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
