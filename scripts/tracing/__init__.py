"""What `trace_codex.py` is made of: a sink for the spans that codex exports, and the tree of theirs and ours."""
