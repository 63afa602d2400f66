#!/usr/bin/env python3
"""Have a real Prometheus scrape our example program, and compare what it says with what was counted.

    PYTHON scripts/exporters/check_prometheus.py --example export_metrics --prometheus PROMETHEUS --promtool PROMTOOL -o DIR

1. prometheus_client's text and OpenMetrics parsers read what we print, and read the same.
2. `promtool check metrics` accepts it; `promtool check rules` accepts docs/monitoring/prometheus-rules.yaml.
3. A Prometheus server scrapes the endpoint. Each series that its API returns has the value that we served, all of
   them are there, no sample was refused, and it evaluates our rules without an error. It also takes every expression of
   docs/monitoring/grafana-dashboard.json.

`--wrong value|help|twice` changes one thing on the way, to show that it is seen.
Exit status: 0 all agrees, 1 something does not, 2 it could not be run.
"""
from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

import hostile_log
from metrics_peers import (Failed, Values, collected, differences, free_port, get, own, printed, read, running, shown,
                           until)
from prometheus_client.openmetrics.parser import text_string_to_metric_families as open_metrics

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docs/monitoring/prometheus-rules.yaml"
DASHBOARD = ROOT / "docs/monitoring/grafana-dashboard.json"
REFUSED = ("prometheus_target_scrapes_sample_duplicate_timestamp_total", "prometheus_target_scrapes_sample_out_of_order_total",
           "prometheus_target_scrapes_sample_out_of_bounds_total", "prometheus_target_scrapes_exceeded_sample_limit_total")


def main() -> int:
    options = parse()
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        problems = check(options)
    except (ValueError, KeyError) as error:  # what the parsers raise, UnicodeDecodeError included
        problems = [f"a parser refused it: {error!r}"]
    except Failed as problem:
        print(f"check_prometheus: {problem}", file=sys.stderr)
        return 1
    except (OSError, subprocess.SubprocessError) as problem:
        print(f"check_prometheus: {problem}", file=sys.stderr)
        return 2
    for line in problems:
        print(f"check_prometheus: {line}", file=sys.stderr)
    return 1 if problems else 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--example", type=Path, required=True)
    parser.add_argument("--prometheus", type=Path, required=True)
    parser.add_argument("--promtool", type=Path, required=True)
    parser.add_argument("-o", "--output", type=Path, required=True)
    parser.add_argument("--wrong", choices=["value", "help", "twice"])
    return parser.parse_args()


def check(options: argparse.Namespace) -> list[str]:
    log = hostile_log.log()
    text = printed(options.example, log)
    if options.wrong == "help":
        text = text.replace("# HELP codex_turns_total ", "# HELP codex_turns_total first line\n", 1)
    if options.wrong == "twice":
        text += [line for line in text.splitlines() if line.startswith("codex_turns_total")][0] + "\n"
    values = read(text)
    opened = collected(open_metrics(printed(options.example, log, "--open-metrics")))
    problems = differences(own(values, times=False), own(opened, times=False))
    for command, given in (["check", "metrics"], text.encode()), (["check", "rules", RULES], b""):
        done = subprocess.run([options.promtool, *command], input=given, capture_output=True, timeout=60)
        if done.returncode != 0 or done.stderr:
            problems.append(f"promtool {command[1]}: exit {done.returncode}: {done.stdout.decode()}{done.stderr.decode()}")
    print(f"parsers: {len(values)} series read alike, {len(hostile_log.labels())} hostile labels among them; promtool agrees")
    return problems + scraped(options, log)


def scraped(options: argparse.Namespace, log: bytes) -> list[str]:
    with running([options.example, "--prometheus", "127.0.0.1:0"], options.output / "example.log",
                 stdin=subprocess.PIPE, stdout=subprocess.PIPE) as example:
        url = example.stdout.readline().decode().strip()
        example.stdin.write(log)
        example.stdin.close()
        until("the example has read the log",
              lambda: b'codex_events_total{event="codex.session.stop"} 1' in get(url))
        # And what comes with that event is counted.
        before, served = None, {}
        while before != served:
            before, served = served, own(read(get(url).decode()))
        if options.wrong == "value":
            served[next(iter(served))] += 1
        return asked(options, urllib.parse.urlparse(url).netloc, served)


def asked(options: argparse.Namespace, target: str, served: Values) -> list[str]:
    config, data = options.output / "prometheus.yml", options.output / "data"
    shutil.rmtree(data, ignore_errors=True)  # of a run before this one
    config.write_text(json.dumps({"global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
                                  "rule_files": [str(RULES)],
                                  "scrape_configs": [{"job_name": "codex", "static_configs": [{"targets": [target]}]}]}))
    listen = f"127.0.0.1:{free_port()}"
    server = [options.prometheus, f"--config.file={config}", f"--storage.tsdb.path={data}",
              f"--web.listen-address={listen}", "--log.level=warn"]
    with running(server, options.output / "prometheus.log"):
        def answer(path: str, **query: str) -> dict:
            return json.loads(get(f"http://{listen}/api/v1/{path}?{urllib.parse.urlencode(query)}"))["data"]

        until("a scrape", lambda: [each for each in answer("query", query='up{job="codex"} == 1')["result"]])
        values: Values = {}
        for each in answer("query", query='{job="codex"}')["result"]:
            labels = {name: value for name, value in each["metric"].items() if name not in ("job", "instance")}
            name = labels.pop("__name__")
            values[name, frozenset(labels.items())] = float(each["value"][1])
        ours = {series: value for series, value in own(values).items() if series[0].startswith("codex_")}
        # An empty label is none, to a server.
        expected = {(name, frozenset((key, value) for key, value in labels if value)): value
                    for (name, labels), value in served.items()}
        # And a bound is a number that it writes its own way.
        problems = differences(bounds(expected), bounds(ours))
        forged = [shown(series) for series in values if "forged" in series[0]]
        problems += [f"forged: {line}" for line in forged]
        own_metrics = read(get(f"http://{listen}/metrics").decode())
        problems += [f"the server counts {name} {own_metrics[name, frozenset()]:g}" for name in REFUSED
                     if own_metrics.get((name, frozenset()), 0) != 0]
        rules = until("the rules are evaluated", lambda: evaluated(answer("rules")))
        problems += [f"rule {rule['name']}: {rule.get('lastError') or rule['health']}" for rule in rules if rule["health"] != "ok"]
        expressions = panels()
        for expression in expressions:
            answer("query", query=expression)  # 400 where it can't be parsed
        print(f"server: {len(ours)} series of {target} are what was served; {len(rules)} rules evaluated, "
              f"{len(expressions)} expressions of the dashboard taken")
    return problems


def panels() -> list[str]:
    """As Grafana would ask, with its variables filled in."""
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    texts = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    for name, value in (("$__rate_interval", "1m"), ("$__range", "1h"), ("$job", ".+")):
        texts = [text.replace(name, value) for text in texts]
    return texts


def evaluated(data: dict) -> list[dict]:
    rules = [rule for group in data["groups"] for rule in group["rules"]]
    return rules if all(rule["health"] != "unknown" for rule in rules) else []


def bounds(values: Values) -> Values:
    return {(name, frozenset((key, str(float(value)) if key == "le" else value) for key, value in labels)): value
            for (name, labels), value in values.items()}


if __name__ == "__main__":
    sys.exit(main())
