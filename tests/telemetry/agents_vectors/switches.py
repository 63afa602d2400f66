"""How the package reads its environment switches; `value` is null where the variable is unset.

    debug      agents._debug._debug_flag_enabled(…, default=True), for either of its variables
    tracing    DefaultTraceProvider._refresh_disabled_flag
    sensitive  agents.run_config._default_trace_include_sensitive_data
"""

from __future__ import annotations

import os
import random
from typing import Any, Iterator

from agents._debug import _debug_flag_enabled
from agents.run_config import _default_trace_include_sensitive_data
from agents.tracing.provider import DefaultTraceProvider

VALUES = [
    None, "", " ", "0", "1", "2", "01", "1.0", "-1", "true", "TRUE", "True", "tRuE", "yes", "YES",
    "Yes", "on", "ON", "On", "off", "OFF", "no", "No", "false", "FALSE", "False", "y", "n", "t",
    "f", "enabled", "none", "null", "truely", "true false", "true,1", "on off", "one", "yes!",
    "'1'", '"true"', " true ", "\ttrue\n", "true ", " 1", "1\n", "1 ", " yes", "on\r\n", " TRUE ",
    "\x0btrue\x0c", "\x1ctrue\x1f", "\x85true\x85", "\xa0true\xa0", "\u3000on\u3000",
    "\u2028yes",
    "\u200btrue", "\ufeff1", "ı", "İ", "tr\u00fce", "ｔｒｕｅ", "１", "١", "ON\u0307", "o\u0274",
    "yeſ", "YEẞ", "\u212a", "TRUE\u0130", "\U0001d7cf", "true\udc80", "\udc80true", "\udcffon\udcff",
    "é", "😀", "t\u0072ue", "t r u e",
]
LETTERS = "tTrRuUeEyYsSoOnN10 \t\xa0ıſ"


def case(value: str | None) -> dict[str, Any]:
    names = ["OPENAI_AGENTS_DONT_LOG_MODEL_DATA", "OPENAI_AGENTS_DISABLE_TRACING",
             "OPENAI_AGENTS_TRACE_INCLUDE_SENSITIVE_DATA"]
    for name in names:
        os.environ.pop(name, None)
        if value is not None:
            os.environ[name] = value
    try:
        provider = DefaultTraceProvider()
        provider._refresh_disabled_flag()
        return {
            "value": None if value is None else list(os.fsencode(value)),
            "debug": _debug_flag_enabled(names[0], default=True),
            "tracing": provider._disabled,
            "sensitive": _default_trace_include_sensitive_data(),
        }
    finally:
        for name in names:
            os.environ.pop(name, None)


def cases(source: random.Random) -> Iterator[dict[str, Any]]:
    for value in VALUES:
        yield case(value)
    for word in ["true", "TRUE", "1", "yes", "on", "On"]:
        for space in range(0x3001):
            if chr(space).isspace():
                yield case(chr(space) + word)
                yield case(word + chr(space))
    for _ in range(300):
        yield case("".join(source.choices(LETTERS, k=source.randrange(1, 6))))
