"""How many instructions fixed workloads take, beside those that were recorded.

    guard.py --program build/dev/bin/ctd_workloads            compare; 1 where one is out of bounds
    guard.py --program build/dev/bin/ctd_workloads --accept   record what is there now

Counted by valgrind's callgrind, which does not depend on what else a machine does. A workload runs
so many times and three times as often; the difference is its own, without start and end. More than
the tolerance above the record is slower; as much below it is red too, or the next slow-down would
hide in it. What is recorded is that of one compiler (the record says which): CMake adds the test
where it is that one.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import re
import subprocess
import sys

RECORD = pathlib.Path(__file__).with_name("recorded.json")
# Enough that what happens once counts for little, few enough for seconds.
TIMES = {
    "compare": 3,
    "counter": 2000,
    "event": 2000,
    "log-line": 1000,
    "observe-app-server": 20,
    "observe-exec": 20,
    "read-json": 500,
    "scrub": 20,
    "span": 1000,
}


def fail(words):
    sys.exit(f"guard.py: {words}")


def collected(program, name, times):
    command = ["valgrind", "--tool=callgrind", "--trace-children=yes", "--callgrind-out-file=/dev/null", program, name, str(times)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        fail("valgrind is missing (Debian: valgrind)")
    found = re.search(r"Collected : (\d+)", done.stderr)
    if done.returncode != 0 or not found:
        fail(f"{' '.join(command)} failed, exit {done.returncode}:\n{done.stderr}")
    return int(found.group(1))


def count(program, name):
    """Instructions of one time."""
    times = TIMES.get(name)
    if times is None:
        fail(f"{name} is a new workload: say in TIMES how often it runs")
    return round((collected(program, name, 3 * times) - collected(program, name, times)) / (2 * times))


def counts(program):
    names = subprocess.run([program], capture_output=True, text=True, check=True).stdout.split()
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(lambda name: count(program, name), names)))


def compared(found, record):
    """Lines to print, and how many workloads are out of bounds."""
    lines, wrong = [], 0
    tolerance = record["tolerance_percent"]
    was = record["instructions"]
    for name in sorted(found.keys() | was.keys()):
        if name not in found or name not in was:
            wrong += 1
            lines.append(f"{name:20} {'is gone' if name in was else 'is new'}: run --accept")
            continue
        change = 100 * (found[name] - was[name]) / was[name]
        verdict = "ok"
        if abs(change) > tolerance:
            wrong += 1
            verdict = "SLOWER" if change > 0 else "FASTER: run --accept, or the next slow-down hides here"
        lines.append(f"{name:20} {found[name]:>9} recorded {was[name]:>9} {change:+6.1f} % {verdict}")
    return lines, wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="ctd_workloads, built by the preset dev")
    parser.add_argument("--record", type=pathlib.Path, default=RECORD)
    parser.add_argument("--accept", action="store_true", help="write the record")
    options = parser.parse_args()
    record = json.loads(options.record.read_text(encoding="utf-8"))
    found = counts(options.program)
    if options.accept:
        if os.environ.get("CI", "").lower() not in ("", "0", "false"):
            fail("CI is set: nothing is recorded there")
        record["instructions"] = found
        options.record.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
        print(f"recorded: {options.record}")
        return
    lines, wrong = compared(found, record)
    print("\n".join(lines))
    print(f"{wrong} of {len(lines)} out of bounds (tolerance {record['tolerance_percent']} %)")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
