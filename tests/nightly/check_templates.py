#!/usr/bin/env python3
"""Checks what stands in docs/nightly and .github/workflows: that each file is what it says it is,
and that every option which it gives to codex-telemetry-diff exists.

    check_templates.py --tree TREE --program PROGRAM

Prints what is wrong, FILE: REASON; the exit status is then 1.
"""

import argparse
import configparser
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

COMMAND = re.compile(r"(?:codex-telemetry-diff|\"\$program\") (nightly|merge)\b([^\n|]*)")
OPTION = re.compile(r"(?<![\w-])(--?[a-z][a-z-]*)")


def joined(text: str) -> str:
    """Continued lines are one."""
    return text.replace("\\\n", " ")


class Checker:
    def __init__(self, tree: Path, program: Path) -> None:
        self.tree = tree
        self.program = program
        self.problems: list[str] = []
        self.commands = 0
        self._help: dict[str, str] = {}

    def problem(self, file: Path, reason: str) -> None:
        self.problems.append(f"{file.relative_to(self.tree)}: {reason}")

    def help_of(self, command: str) -> str:
        if command not in self._help:
            words = [str(self.program), command, "--help"]
            done = subprocess.run(words, capture_output=True, text=True, check=True)
            self._help[command] = done.stdout
        return self._help[command]

    def options(self, file: Path, text: str) -> None:
        for match in COMMAND.finditer(joined(text)):
            self.commands += 1
            command, rest = match.groups()
            known = set(OPTION.findall(self.help_of(command)))
            for option in OPTION.findall(re.sub(r"\"[^\"]*\"|\$\{\{.*?\}\}", "", rest)):
                if option not in known:
                    self.problem(file, f"codex-telemetry-diff {command} has no option {option}")

    def shell(self, file: Path, text: str) -> None:
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as script:
            script.write(text)
            script.flush()
            done = subprocess.run(["bash", "-n", script.name], capture_output=True, text=True)
        if done.returncode != 0:
            self.problem(file, f"bash does not read it: {done.stderr.strip()}")

    def script(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        if not file.stat().st_mode & 0o111:
            self.problem(file, "is no executable file")
        self.shell(file, text)
        self.options(file, text)

    def workflow(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        try:
            data = yaml.safe_load(text)
        except yaml.YAMLError as error:
            return self.problem(file, f"is no YAML: {error}")
        # YAML 1.1 reads the key `on` as true.
        if "schedule" not in (data.get("on") or data.get(True) or {}):
            self.problem(file, "has no schedule")
        jobs = data.get("jobs", {})
        for name, job in jobs.items():
            for needed in [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", []):
                if needed not in jobs:
                    self.problem(file, f"job {name} needs {needed}, which there is not")
            for step in job["steps"]:
                if ("run" in step) == ("uses" in step):
                    self.problem(file, f"a step of {name} has not one of run and uses")
                # What GitHub puts in is no shell.
                self.shell(file, re.sub(r"\$\{\{.*?\}\}", "x", step.get("run", "")))
                self.options(file, step.get("run", ""))
        if jobs.get("merge", {}).get("if") != "always()":
            self.problem(file, "merge must run whatever became of the shards: if: always()")

    def kubernetes(self, file: Path) -> None:
        try:
            documents = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
        except yaml.YAMLError as error:
            return self.problem(file, f"is no YAML: {error}")
        for job in documents:
            if job.get("kind") != "Job" or job.get("apiVersion") != "batch/v1":
                self.problem(file, "has a document that is no batch/v1 Job")
                continue
            spec = job["spec"]
            container = spec["template"]["spec"]["containers"][0]
            words = container["command"]
            if words[:2] == ["bash", "-c"]:
                self.shell(file, words[2])
            self.options(file, words[2] if words[0] == "bash" else " ".join(words))
            if spec.get("completionMode") == "Indexed":
                env = {each["name"]: each["value"] for each in container["env"]}
                if env.get("CTD_SHARDS") != str(spec["completions"]):
                    self.problem(file, "CTD_SHARDS is not the number of completions")

    def unit(self, file: Path) -> None:
        text = file.read_text(encoding="utf-8")
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.optionxform = str
        try:
            parser.read_string(text)
        except configparser.Error as error:
            return self.problem(file, f"is no unit: {error}")
        self.options(file, text)
        if file.suffix == ".timer" and not parser.has_option("Timer", "OnCalendar"):
            self.problem(file, "has no OnCalendar")
        if file.suffix == ".service" and not parser.has_option("Service", "ExecStart"):
            self.problem(file, "has no ExecStart")

    def units(self, files: list[Path]) -> None:
        """All of them by systemd's own reader, where there is one; with a program that exists."""
        analyze = shutil.which("systemd-analyze")
        if analyze is None:
            return
        with tempfile.TemporaryDirectory() as folder:
            for file in files:
                text = file.read_text(encoding="utf-8")
                text = re.sub(r"^(ExecStart=)\S+", rf"\g<1>{self.program}", text, flags=re.M)
                text = re.sub(r"^(Documentation|WorkingDirectory)=.*\n", "", text, flags=re.M)
                Path(folder, file.name).write_text(text, encoding="utf-8")
            for file in files:
                done = subprocess.run(
                    [analyze, "verify", "--man=no", str(Path(folder, file.name))],
                    capture_output=True,
                    text=True,
                )
                said = [line for line in done.stderr.splitlines() if file.name in line]
                for line in said:
                    self.problem(file, f"systemd-analyze: {line.replace(folder + '/', '')}")

    def crontab(self, file: Path) -> None:
        entries = 0
        for line in file.read_text(encoding="utf-8").splitlines():
            if not line or line.startswith("#"):
                continue
            entries += 1
            fields = line.split(None, 5)
            if len(fields) != 6 or not all(re.fullmatch(r"[\d*/,-]+", each) for each in fields[:5]):
                self.problem(file, f"has no five times and a command: {line}")
                continue
            self.shell(file, fields[5])
            for path in re.findall(r"\bscripts/\w+", fields[5]):
                if not (self.tree / path).exists():
                    self.problem(file, f"there is no {path}")
        if entries == 0:
            self.problem(file, "has no entry")

    def run(self) -> None:
        folder = self.tree / "docs" / "nightly"
        for file in sorted(folder.iterdir()):
            if file.suffix == ".sh":
                self.script(file)
            elif file.suffix in (".service", ".timer"):
                self.unit(file)
            elif file.name == "crontab":
                self.crontab(file)
            elif file.suffix == ".yaml":
                self.kubernetes(file)
            elif file.suffix == ".bazel":
                compile(file.read_text(encoding="utf-8"), str(file), "exec")
            else:
                self.problem(file, "nothing here says what it is checked by")
        self.units([each for each in sorted(folder.iterdir()) if each.suffix in (".service", ".timer")])
        self.workflow(self.tree / ".github" / "workflows" / "nightly.yml")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tree", type=Path, required=True)
    parser.add_argument("--program", type=Path, required=True)
    arguments = parser.parse_args()
    checker = Checker(arguments.tree.resolve(), arguments.program.resolve())
    checker.run()
    if checker.commands < 6:
        checker.problems.append(f"docs/nightly: only {checker.commands} commands were found in it")
    for problem in checker.problems:
        print(problem)
    return 1 if checker.problems else 0


if __name__ == "__main__":
    sys.exit(main())
