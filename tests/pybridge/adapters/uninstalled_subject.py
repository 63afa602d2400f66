"""Is of a package that is nowhere."""

PACKAGE = "a-client-that-is-nowhere"


def prepare():
    pass


def run(driver, peer, env, emit):
    pass
