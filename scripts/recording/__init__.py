"""What `record_exec.py` is made of: the scripted model, the isolated codex, and the tape that comes of them."""


class RecordingError(Exception):
    """A session could not be recorded; the text says what was wrong and where."""
