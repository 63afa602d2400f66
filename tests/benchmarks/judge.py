"""Measures beside their targets (targets.json).

A target has `ours`, and either `peer` with `at_most` (ours / peer) or `cheaper` (peer / ours), or
`at_most` or `at_least` with a `unit`. `limit` names the text in limits.json that says what it is missed by.
"""

import statistics

UNKNOWN = "Not known: no profile was read."


class Judged:
    """`met` is None where it was not measured."""

    def __init__(self, target, values):
        self.target = target
        self.ours = values.get(target["ours"])
        self.peer = values.get(target.get("peer"))
        self.met = self.value = None
        self.rounds = []
        if not self.ours or "peer" in target and not self.peer:
            return
        self.value = self._figure(statistics.median(self.ours), self.peer and statistics.median(self.peer))
        if not self.peer or len(self.peer) == len(self.ours):
            self.rounds = [self._figure(*pair) for pair in zip(self.ours, self.peer or self.ours)]
        self.met = self.value >= self.bound if self.is_least else self.value <= self.bound

    def _figure(self, ours, peer):
        if "peer" not in self.target:
            return ours
        over, under = (peer, ours) if "cheaper" in self.target else (ours, peer)
        return over / under if under else (1.0 if over == under else float("inf"))

    @property
    def is_least(self):
        return "at_most" not in self.target

    @property
    def bound(self):
        return next(self.target[key] for key in ("at_most", "cheaper", "at_least") if key in self.target)

    @property
    def off(self):
        """How much of the bound is missing, or too much: 0.2 for 20 %."""
        if self.met is not False or self.bound == 0:
            return 0.0
        return abs(self.value / self.bound - 1)

    def verdict(self):
        if self.met is None:
            return "not measured"
        if self.met:
            return "met"
        return "**missed**" if self.target.get("shown") == "0" else f"**missed** by {self.off:.0%}"


def judge(targets, values):
    return [Judged(target, values) for target in targets]


def limits(judged, texts):
    """[(what, text) …] of what is missed, in the order of the targets; a limit that many share once."""
    found = {}
    for one in judged:
        if one.met is False:
            name = one.target.get("limit") or one.target["what"]
            found[name] = texts.get(name) or UNKNOWN
    return list(found.items())
