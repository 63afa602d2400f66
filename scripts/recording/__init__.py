"""What `record.py` is made of: the scripted model, the isolated codex, and the tapes that come of them."""


class RecordingError(Exception):
    """A session could not be recorded as its data file says; the text says what was wrong, where, and what to do."""

    status = 2


class Unavailable(RecordingError):
    """What recording takes is missing: codex, or the Python with the clients."""

    status = 3
