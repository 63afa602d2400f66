#!/usr/bin/env python3
"""Installs the telemetry library and uses it as a stranger would.

    tests/install/check_install.py --build build/dev --libdir lib [--compiler C++] [--sanitize KINDS] [--update]

1. `cmake --install` of the component `telemetry` makes exactly the tree that telemetry/installed_files.txt lists
   (with --update the list is written instead).
2. The library needs nothing of this project that is not in it, and the package names re2 and threads alone; the
   exporters to OpenTelemetry and to Prometheus are components of their own, which name libcurl and zlib, and
   prometheus-cpp.
3. Moved elsewhere, it serves: the consumer beside this script finds it, builds and runs; the headers compile with
   what is installed; nothing names the folders that it was built in or installed to.
"""
from __future__ import annotations

import argparse
import difflib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
LIST = ROOT / "telemetry/installed_files.txt"
ALLOWED_LINKS = {
    "codex_telemetry": {r"\$<LINK_ONLY:PkgConfig::RE2>", r"\$<LINK_ONLY:Threads::Threads>"},
    "codex_telemetry_otlp": {"codex::telemetry", r"\$<LINK_ONLY:CURL::libcurl>", r"\$<LINK_ONLY:ZLIB::ZLIB>",
                             r"\$<LINK_ONLY:Threads::Threads>"},
    "codex_telemetry_prometheus": {"codex::telemetry", r"\$<LINK_ONLY:prometheus-cpp::pull>",
                                   r"\$<LINK_ONLY:prometheus-cpp::core>"},
}


class Failed(Exception):
    pass


def main() -> int:
    options = parse()
    try:
        with tempfile.TemporaryDirectory(prefix="ctd-install-") as folder:
            check(options, Path(folder).resolve())
    except Failed as problem:
        print(f"check_install: {problem}", file=sys.stderr)
        return 1
    return 0


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--build", required=True, type=Path, help="the build folder")
    parser.add_argument("--libdir", default="lib", help="CMAKE_INSTALL_LIBDIR of the build")
    parser.add_argument("--cmake", default="cmake")
    parser.add_argument("--compiler", default="c++")
    parser.add_argument("--launcher", default="", help="ccache, say")
    parser.add_argument("--sanitize", default="", help="what the build was sanitized with")
    parser.add_argument("--update", action="store_true", help="write the list instead of comparing with it")
    return parser.parse_args()


def check(options: argparse.Namespace, folder: Path) -> None:
    first, prefix = folder / "first", folder / "moved/here"
    run(options.cmake, "--install", options.build, "--prefix", first, "--component", "telemetry")
    compare(options, first)
    prefix.parent.mkdir()
    first.rename(prefix)
    library = prefix / options.libdir / "libcodex_telemetry.a"
    otlp = library.with_name("libcodex_telemetry_otlp.a")
    prometheus = library.with_name("libcodex_telemetry_prometheus.a")
    for name in ALLOWED_LINKS:
        check_links(prefix / options.libdir, name)
    check_symbols(library)
    check_symbols(otlp, library)
    check_symbols(prometheus, library)
    check_names(prefix, [library, otlp, prometheus], [first, ROOT, options.build.resolve()], sanitized=bool(options.sanitize))
    check_headers(options, prefix, folder)
    # Who does not ask for an exporter needs nothing of it.
    check_consumer(options, prefix, HERE, folder / "consumer", "codex.turn.start\n",
                   "-DCMAKE_DISABLE_FIND_PACKAGE_CURL=ON", "-DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON",
                   "-DCMAKE_DISABLE_FIND_PACKAGE_prometheus-cpp=ON")
    check_consumer(options, prefix, HERE / "otlp", folder / "otlp_consumer", "2\n")
    check_consumer(options, prefix, HERE / "prometheus", folder / "prometheus_consumer", "codex_sessions_total 1\n")


def compare(options: argparse.Namespace, prefix: Path) -> None:
    installed = sorted(path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if not path.is_dir())
    installed = sorted(re.sub(r"-targets-\w+\.cmake$", "-targets-CONFIG.cmake",
                              re.sub(f"^{re.escape(options.libdir)}/", "LIBDIR/", name)) for name in installed)
    if options.update:
        LIST.write_text("".join(name + "\n" for name in installed), encoding="utf-8")
        return
    listed = LIST.read_text(encoding="utf-8").splitlines()
    if listed != installed:
        lines = difflib.unified_diff(listed, installed, "telemetry/installed_files.txt", "installed", n=0, lineterm="")
        again = f"{Path(__file__).relative_to(ROOT)} --build {options.build} --libdir {options.libdir} --update"
        raise Failed("the installed tree is not the one listed:\n" + "\n".join(lines) + f"\nIf it is meant: {again}")


def check_links(libdir: Path, name: str) -> None:
    text = (libdir / f"cmake/codex_telemetry/{name}-targets.cmake").read_text(encoding="utf-8")
    links = set(re.findall(r'INTERFACE_LINK_LIBRARIES "([^"]*)"', text))
    named = {link for group in links for link in group.split(";")} - {r"\$<LINK_ONLY:>"}
    if named != ALLOWED_LINKS[name]:
        raise Failed(f"{name} links {sorted(named)}, not {sorted(ALLOWED_LINKS[name])}")


def check_symbols(library: Path, *others: Path) -> None:
    """Archives are not linked: what is missing in one, and those it stands on, only shows when somebody calls it."""
    def names(kind: str, *of: Path) -> set[str]:
        return {line.split()[-1] for line in run("nm", kind, *of).splitlines() if " " in line}

    missing = {name for name in names("--undefined-only", library) - names("--defined-only", library, *others)
               if "5codex" in name}
    if missing:
        raise Failed(f"{library.name} needs and does not have: " + ", ".join(sorted(missing)))


def check_names(prefix: Path, libraries: list[Path], folders: list[Path], sanitized: bool) -> None:
    """Debug information names the sources, as it should, and so do the sanitizers."""
    stripped = [] if sanitized else [library.with_suffix(".stripped") for library in libraries]
    for library, copy in zip(libraries, stripped):
        run("objcopy", "--strip-debug", library, copy)
    for path in (path for path in prefix.rglob("*") if path.is_file() and path not in libraries):
        for folder in folders:
            if os.fsencode(folder) + b"/" in path.read_bytes():
                raise Failed(f"{path.relative_to(prefix)} names the folder {folder}")
    for copy in stripped:
        copy.unlink()


def check_headers(options: argparse.Namespace, prefix: Path, folder: Path) -> None:
    headers = sorted(path.relative_to(prefix / "include") for path in (prefix / "include").rglob("*.h"))
    source = folder / "headers.cc"
    source.write_text("".join(f"#include <{header}>\n" for header in headers), encoding="utf-8")
    run(options.compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-I", prefix / "include", source)


def check_consumer(options: argparse.Namespace, prefix: Path, source: Path, build: Path, prints: str,
                   *settings: str) -> None:
    flags = f"-fsanitize={options.sanitize}" if options.sanitize else ""
    run(options.cmake, "-S", source, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
        f"-DCMAKE_CXX_COMPILER={options.compiler}", f"-DCMAKE_CXX_COMPILER_LAUNCHER={options.launcher}",
        f"-DCMAKE_CXX_FLAGS={flags}", *settings)
    run(options.cmake, "--build", build)
    printed = run(build / "consumer")
    if printed != prints:
        raise Failed(f"the consumer in {source} printed {printed!r}")


def run(*command: str | Path) -> str:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True)
    if done.returncode != 0:
        raise Failed(f"{' '.join(str(word) for word in command)}: exit status {done.returncode}\n"
                     f"{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
