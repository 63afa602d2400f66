"""Two large transcripts compared: `codex-telemetry-diff diff` and what people use instead.

    compare_peers.py DIFF FOLDER [SIZE …]     SIZE: observations a side, default 1000 10000 100000

DIFF is the program. Prints JSON: processor seconds and peak memory of each process, the median of
three runs of ours and one of the others. FOLDER takes the transcripts. The pairs: `equal`; `edited`,
0.1 % changed, inserted or deleted; up to 100,000 also `moved`, a quarter at another place, `rotated`
by a third, and `nothing` in common.
"""

import copy
import json
import pathlib
import random
import resource
import subprocess
import sys

WORDS = "the quick brown fox jumps over a lazy dog while tests run and builds pass in silence".split()
MOST_FOR_ALL = 100_000

PARSE_AND_COMPARE = """
import json, sys
a, b = ([json.loads(line) for line in open(name, "rb")] for name in sys.argv[1:])
sys.exit(a != b)
"""


class Transcript:
    """Observations by number, the same in each run."""

    def __init__(self):
        self._random = random.Random(7)

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
        return {"lane": lane, "name": name, "origin": origin, "data": data}

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
            if chance < 0.001 / 3:
                changed = copy.deepcopy(one)
                changed["data"]["changed"] = True
                yield changed
            elif chance < 0.002 / 3:
                yield self.observation(len(left) + i)
                yield one
            elif chance >= 0.001:
                yield one


def write(path, observations):
    with path.open("w", encoding="utf-8") as file:
        for one in observations:
            file.write(json.dumps(one, separators=(",", ":")) + "\n")


def run(command):
    """Processor seconds, and peak memory in bytes, of one process; its status is no concern but
    that it is 0 or 1."""
    # A shell of its own reports on its one child: the peak is of that alone.
    program = (
        "import resource, subprocess, sys\n"
        "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
        "used = resource.getrusage(resource.RUSAGE_CHILDREN)\n"
        "print(done.returncode, used.ru_utime + used.ru_stime, used.ru_maxrss)\n"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program, *map(str, command)], capture_output=True, text=True, check=True
    ).stdout.split()
    if shown[0] not in ("0", "1"):
        sys.exit(f"compare_peers.py: {command[0]} ended with {shown[0]}")
    return float(shown[1]), int(shown[2]) * 1024


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    sizes = [int(size) for size in sys.argv[3:]] or [1000, 10000, 100000]
    folder.mkdir(parents=True, exist_ok=True)
    a, b = folder / "a.jsonl", folder / "b.jsonl"
    found = []
    for size in sizes:
        kinds = ["equal", "edited"]
        if size <= MOST_FOR_ALL:
            kinds += ["moved", "rotated", "nothing"]
        for kind in kinds:
            left, right = Transcript().pair(kind, size)
            write(a, left)
            write(b, right)
            del left, right
            mapped = a.stat().st_size + b.stat().st_size
            runs = sorted(run([program, "-q", "diff", a, b]) for _ in range(3))
            row = {"pair": kind, "size": size, "bytes": mapped, "ours": runs[1][0]}
            row["memory"] = max(0, max(peak for _, peak in runs) - mapped) / size
            row["GNU diff"] = run(["diff", a, b])[0]
            row["git diff"] = run(["git", "diff", "--no-index", a, b])[0]
            row["Python =="] = run([sys.executable, "-I", "-c", PARSE_AND_COMPARE, a, b])[0]
            found.append(row)
    a.unlink()
    b.unlink()
    print(json.dumps(found))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
