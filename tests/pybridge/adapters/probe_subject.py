"""An adapter whose driver says what to do, for the tests of the worker itself."""

import enum
import os
import random
import resource
import signal
import sys
import threading
import time

PACKAGE = "pip"  # in every environment

prepared_in = None


class Colour(str, enum.Enum):
    RED = "red"


def prepare():
    global prepared_in
    prepared_in = os.getpid()


def run(driver, peer, env, emit, *conducted):
    globals()["do_" + driver["do"]](driver, peer, env, emit, *conducted)


def do_echo(driver, peer, env, emit):
    emit("event/run", "driver", driver)
    emit("event/run", "peer", peer)
    emit("event/run", "env", env)
    emit(lane="event/run", name=Colour.RED, data=Colour.RED)


def do_process(driver, peer, env, emit):
    """What a session's process is like."""
    descriptors = {}
    for name in os.listdir("/proc/self/fd"):
        try:
            descriptors[int(name)] = os.readlink("/proc/self/fd/" + name)
        except OSError:
            pass  # the one that listed the folder
    emit("event/run", "descriptors", {key: descriptors[key] for key in sorted(descriptors)})
    emit("event/run", "inherited", [fd for fd in descriptors if os.get_inheritable(fd)])
    emit("event/run", "leader", os.getpgid(0) == os.getpid())
    emit("event/run", "prepared by the parent", prepared_in == os.getppid())
    emit("event/run", "threads", threading.active_count())
    emit("event/run", "sigchld", signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL)
    emit("event/run", "blocked", sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])))
    emit("event/run", "sigpipe", signal.getsignal(signal.SIGPIPE) == signal.SIG_IGN)
    emit("event/run", "sigxfsz", signal.getsignal(signal.SIGXFSZ) == signal.SIG_IGN)
    emit("event/run", "sigint", signal.getsignal(signal.SIGINT) is signal.default_int_handler)
    emit("event/run", "stdin", sys.stdin.read())
    emit("event/run", "encodings", [sys.getfilesystemencoding(), sys.stdout.encoding])
    emit("event/run", "utf8_mode", sys.flags.utf8_mode)
    emit("event/run", "no user site", sys.flags.no_user_site)
    emit("event/run", "dont_write_bytecode", sys.dont_write_bytecode)
    emit("event/run", "secrets", [n for n in os.environ if "KEY" in n or "TOKEN" in n])
    emit("event/run", "kept", os.environ.get("CTD_TEST_SWITCH"))
    emit("event/run", "prefix", sys.prefix)
    emit("event/run", "first on the path", sys.path[0])
    emit("event/run", "other sites", [p for p in sys.path if "dist-packages" in p or p == ""])


def do_random(driver, peer, env, emit):
    emit("event/run", "number", random.getrandbits(48))


def do_raise(driver, peer, env, emit):
    emit("event/run", "before", None)
    raise ValueError("escaped \ud800")


def do_exit(driver, peer, env, emit):
    sys.exit(0)


def do_unsendable(driver, peer, env, emit):
    try:
        emit("event/run", "bad", {"deep": [{1, 2}]})
    except TypeError as error:
        emit("event/run", "raised", str(error))
    emit("event/run", "after", None)


def do_kill(driver, peer, env, emit):
    emit("event/run", "before", None)
    os.kill(os.getpid(), driver["signal"])


def do_segfault(driver, peer, env, emit):
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.signal(signal.SIGSEGV, signal.SIG_DFL)
    os.kill(os.getpid(), signal.SIGSEGV)


def do_sleep(driver, peer, env, emit):
    """With a process of its own that would outlive it."""
    other = os.fork()
    if other == 0:
        time.sleep(600)
        os._exit(0)
    emit("event/run", "sleeping", [os.getpid(), other])
    time.sleep(600)


def do_threads(driver, peer, env, emit):
    """Threads emit at once, and one never ends."""

    def talk(number):
        for i in range(200):
            emit("event/thread:%d" % number, "line", {"i": i, "text": "x" * 500})

    threads = [threading.Thread(target=talk, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    threading.Thread(target=time.sleep, args=(600,)).start()


def do_print(driver, peer, env, emit):
    print("printed")
    emit("event/run", "printed", None)


def do_arguments(driver, peer, env, emit, *conducted):
    emit("event/run", "more", len(conducted))


def do_conducted(driver, peer, env, emit, tape, hear, say):
    """Says back what it hears, until it hears of the end; meanwhile another thread talks."""
    emit("event/run", "tape", tape)
    go_on = threading.Event()

    def talk():
        for i in range(200):
            say({"number": i, "text": "x" * 500})
        go_on.set()

    threading.Thread(target=talk).start()
    word = hear()
    while "end" not in word:
        say({"heard": word})
        word = hear()
    go_on.wait()


def do_say_badly(driver, peer, env, emit, tape, hear, say):
    say({"set": {1}})
