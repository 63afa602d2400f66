"""A fork server as `codex-telemetry-py-worker` is one, for clients made up by tests.

A script beside this file imports it, defines `session(run, emit)` and calls `serve(session)`.
`session` is called in a process of its own; `codex(run, argv, stdin)` starts the peer as a client
starts codex.
"""

import array
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading

CONTROL = 3
ARGV = ["exec", "-"]


def write(to, value):
    to.sendall(json.dumps(value).encode() + b"\n")


def serve(session, end=True):
    control = socket.socket(fileno=CONTROL)
    control.set_inheritable(False)
    write(control, {"ready": {"name": "fake", "package": "fake-client", "version": "1.2.3"}})
    wake, wakened = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wakened)
    buffered, sockets, sessions = b"", [], {}
    while True:
        ready, _, _ = select.select([control, wake], [], [])
        if wake in ready:
            os.read(wake, 1000)
            _report(control, sessions)
        if control not in ready:
            continue
        data, ancillary, _, _ = control.recvmsg(65536, socket.CMSG_SPACE(4 * 8))
        if not data:
            return
        for _, _, payload in ancillary:
            sockets += array.array("i", payload[: len(payload) // 4 * 4]).tolist()
        buffered += data
        while b"\n" in buffered:
            line, buffered = buffered.split(b"\n", 1)
            run = json.loads(line)["run"]
            pid = _start(session, end, run, sockets.pop(0), control)
            sessions[pid] = run["session"]


def _start(session, end, run, fd, control):
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        os.setpgid(0, 0)
        control.close()
        out = socket.socket(fileno=fd)
        out.set_inheritable(False)

        def emit(lane, name, data):
            write(out, {"lane": lane, "name": name, "data": data})

        emit.socket = out
        emit("log/run", "pid", os.getpid())
        session(run, emit)
        if end:
            write(out, {"end": True})
        os._exit(0)
    os.close(fd)
    try:
        os.setpgid(pid, pid)
    except OSError:
        pass
    write(control, {"started": pid, "session": run["session"]})
    return pid


def _report(control, sessions):
    while sessions:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return
        number = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        code = 128 + number if number else os.WEXITSTATUS(status)
        session = sessions.pop(pid)
        write(control, {"exited": pid, "session": session, "status": code, "signal": number})


def codex(run, argv=ARGV, stdin="hi"):
    process = subprocess.Popen(
        [run["peer"], *argv],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=run["peer_env"],
        text=True,
        errors="surrogateescape",
    )
    process.stdin.write(stdin)
    process.stdin.close()
    return process


def events(process, emit, call=1, late_stderr=False):
    """Every line is an event; then how the process ended."""
    errors = []
    drain = threading.Thread(target=lambda: errors.append(process.stderr.read()))
    if not late_stderr:
        drain.start()
    for line in process.stdout:
        emit(f"event/call:{call}", "line", line)
    status = process.wait()
    if late_stderr:
        drain.start()
    drain.join()
    emit(f"log/call:{call}", "exit", {"status": status, "stderr": errors[0]})


def end_of_run(emit, name="completed"):
    emit("outcome/run", name, {"said": True})


def argument(name):
    """Of the command line: `--subject NAME` and so on."""
    return sys.argv[sys.argv.index(name) + 1]
