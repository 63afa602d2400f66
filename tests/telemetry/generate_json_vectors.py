#!/usr/bin/env python3
"""Writes what CPython 3.11 makes of JSON texts and strings, for json_test.cc to compare with.

    tests/telemetry/generate_json_vectors.py [--out FILE] [--random N] [--seed N]

One JSON object a line; "kind" tells which question was asked:

    parse    json.loads(input): "error" with its place, or the value in every printed form
    text     of the str `input`: len, repr, strip, JSON text, prefixes
    equal    whether json.loads(a) == json.loads(b)
    classes  over all code points: how many are printable or space, with checksums

Texts are base64 of UTF-8; a lone surrogate is encoded like any other code point.
"""

import argparse
import base64
import json
import pathlib
import random
import re
import struct
import sys

DEFAULT_OUT = pathlib.Path(__file__).resolve().parent / "json_vectors.jsonl"

WHOLE_DOCUMENTS = [
    "null", "true", "false", "NaN", "Infinity", "-Infinity", "{}", "[]", '""', '"a"',
    " \t\n\r 1 \t\n\r ", "[ ]", "{ }", "[1,2,3]", "[ 1 , 2 , 3 ]", '{"a":1}', ' { "a" : 1 } ',
    '{"a":{"b":[{"c":null}]}}', '[[[[[]]]]]', '[true,false,null,NaN,Infinity,-Infinity]',
    '{"a":1,"b":2,"a":3}', '{"a":1,"a":2,"a":3}', '{"":0,"":1}', '{"a":1,"\\u0061":2}',
    '{"\\ud83d\\ude00":1,"\U0001f600":2}', '{"it\'s":"a\\"b"}', '["a\'\\"b"]', '[1.0,1,true]',
    '{"nan":NaN,"inf":Infinity}', "\n\n[1,\n2]\n",
]

BROKEN_DOCUMENTS = [
    "", " ", "\n", "\n\n  ", "\x00", "1\x00", "\x0b1", "\x0c1", "\xa01", "1\xa0", "\u20281",
    "\ufeff", "\ufeff{}", "{\ufeff}", " \ufeff1", "n", "nul", "nulll", "null null", "Null", "None",
    "tru", "truE", "t", "f", "fals", "falsey", "True", "N", "Na", "nan", "NAN", "NaNa", "I", "Inf",
    "Infinit", "infinity", "Infinityy", "-", "--1", "-a", "-I", "-Inf", "-Infinit", "-infinity",
    "-NaN", "+1", "+", ".5", "-.5", "1.", "1.e5", "1.a", "1e", "1e+", "1e-", "1ee5", "1e5.5",
    "1.5.5", "01", "-01", "00", "0x10", "1_000", "1,", ",", ":", "]", "}", ")", "'a'", "/", "// 1",
    "1 // 2", "1 2", "\uff11", "1\uff11", "\u0661", "[", "[ ", "[\n", "[1", "[1 ", "[1,", "[1, ",
    "[1,]", "[1, ]", "[,1]", "[,]", "[1,,2]", "[1 2]", "[1;2]", "[1]]", "[1}", "[}", "[]]", "[[]",
    "[1:2]", "[\n\n1\n\n2]", "[1.]", "[1e]", "[-]", "[nul]", "[\"", "{", "{ ", "{\n", "{1", "{1:2}",
    "{a", "{a:1}", "{'a':1}", "{,}", '{"', '{"a', '{"a"', '{"a" ', '{"a":', '{"a": ', '{"a":1',
    '{"a":1 ', '{"a":1,', '{"a":1, ', '{"a":1,}', '{"a":1, }', '{"a":1,,"b":2}', '{"a" 1}',
    '{"a",1}', '{"a":}', '{"a":,}', '{"a"::1}', '{"a":1 "b":2}', '{"a":1;"b":2}', '{"a":1}}',
    '{"a":1]', '{]', '{"a":1,b', '{"a":1,1', '{"a":n}', '{"a\nb":1}', '{null:1}',
    '{"a":1,\n "b":2,\n "c" 3}', '{\n"é":1,\n"😀"\n}', '["é😀",x]', '["\ud800",x]', '"', '"a',
    '"a\n', '"a\nb"', '"\t"', '"\x00"', '"\x01', '"\x1f"', '"é\x1f"', "\"\\", '"\\"', '"\\\\',
    '"\\\\"x', '"\\x41"', '"\\ "', '"\\\n"', "\"\\'\"", '"\\U0041"', '"\\0"', '"\\a"', '"\\v"',
    '"\\é"', '"é\\😀"', '"\\u', '"\\u"', '"\\u1', '"\\u12', '"\\u123', '"\\u1234', '"\\u12"',
    '"\\u123"', '"\\u123g"', '"\\ug123"', '"\\u 123"', '"\\u+123"', '"\\u0x12"', '"\\u1_23"',
    '"\\u12 4"', '"\\u\uff11\uff11\uff11\uff11"', '"\\ud800', '"\\ud800\\', '"\\ud800\\u',
    '"\\ud800\\u"', '"\\ud800\\ud', '"\\ud800\\udc0"', '"\\ud800\\udc00', '"\\ud800\\udg00"',
    '"\\ud800\\uzzzz"', '"\\ud800\\x"', '"\\ud800\\n', '"\\ud800\\"', '"ab\\u00e9\\q"',
    'not json {', "Reading prompt", '{"type":"turn.started"',
    '{"type":"turn.completed","usage":{"input_tokens":1', '{"a":1}\n{"b":2}', '{"a":1}\r\n{"b":2}',
    "\r\n\r\nx", "a\rb", "[1,\r\n2,\r\nx]", "9" * 4301, "-" + "9" * 4301, "[1," + "9" * 4301 + "]",
    "[" * 1200, '{"a":' * 1200, "[" * 1200 + "]" * 1200,
]

STRING_LITERALS = [
    r'"\""', r'"\\"', r'"\/"', r'"\b\f\n\r\t"', r'"\u0000"', r'"\u001f\u007f\u0080\u009f"',
    r'"\u00e9"', r'"\u00E9\uAbCd"', r'"\u20ac"', r'"\ud83d\ude00"', r'"\uD83D\uDE00"', r'"\ud83d"',
    r'"\ude00"', r'"\ude00\ud83d"', r'"\ud83d\ud83d\ude00"', r'"\ud83d \ude00"', r'"\ud83dx"',
    r'"\ud83d\n"', r'"\ud83d\u0041"', r'"\ud83d\ud83d"', r'"\ud83d\\ude00"', r'"\udbff\udfff"',
    r'"\ud800\udc00"', r'"\udbff\ue000"', r'"\ud7ff\udc00"', '"\\ud83d\ude00"', '"\ud83d\\ude00"',
    '"\ud83d\ude00"', '"\ud800"', '"é"', '"😀"', '"\x7f"', '"\u2028\u2029"', '"\ufeff"',
    '"\uffff"', '"\U0010ffff"', '"\x80\xa0\xad"',
]

NUMBERS = [
    "0", "-0", "1", "-1", "10", "0.0", "-0.0", "0e0", "-0e5", "1.0", "1.5", "-1.5", "100.0", "1e2",
    "1E2", "1e+2", "1e-2", "0.1", "0.2", "0.30000000000000004", "0.0001", "0.00001", "0.00012345",
    "1e-4", "1e-5", "123456.789", "1e15", "1e16", "1e17", "1e21", "1e22", "1e23",
    "123456789012345680.0", "9999999999999998.0", "9999999999999999.0", "12345678901234567890.0",
    "1e100", "1e308", "1.8e308", "1.7976931348623157e308", "1.7976931348623158e308",
    "1.7976931348623159e308", "1e309", "-1e309", "1e400", "-1e400", "1e99999",
    "1e99999999999999999999", "-1e99999999999999999999", "5e-324", "-5e-324", "4.9e-324", "3e-324",
    "2.5e-324", "2.4e-324", "2.4703282292062328e-324", "1e-324", "-1e-324", "1e-400",
    "1e-99999999999999999999", "-1e-99999999999999999999", "0e99999999999999999999", "-0e999",
    "0.0e-99999999999999999999", "2.2250738585072011e-308", "2.2250738585072014e-308",
    "2.225073858507201e-308", "9007199254740992", "9007199254740993", "9007199254740993.0",
    "9007199254740992.0", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
    "-9223372036854775809", "18446744073709551615", "18446744073709551616", "123456789" * 12,
    "1" + "0" * 99, "-" + "9" * 50, "9" * 4300, "-" + "9" * 4300, "1" * 400 + ".0",
    "1" * 400 + "e-200", "0." + "0" * 400 + "1", "0." + "0" * 400 + "1e401",
    "0." + "0" * 330 + "1e700", "1" + "0" * 310 + "e-310", "1" + "0" * 310 + "e-700",
    "0." + "3" * 800, "1.00000000000000011102230246251565404236316680908203125",
    "1.00000000000000011102230246251565404236316680908203124",
    "1.00000000000000011102230246251565404236316680908203126", "9.5367431640625e-07", "2e-44",
    "1.1e-5",
]

TEXTS = [
    "", " ", "a", "it's", 'a"b', "a'\"b", "''", '""', "\\", "\\'", "a\\nb", "\a\b\t\n\v\f\r\x1b",
    "\x00\x01\x1f", "\x7e\x7f\x80", "\x9f\xa0\xa1", "\xac\xad\xae", "é", "ñandú", "日本語",
    "😀", "👩\u200d💻", "\u200b", "\u200d", "\u2028\u2029", "\u3000", "\ufeff", "\ufffd",
    "\ufffe\uffff", "\ue000", "\uf8ff", "\ud800", "\udfff", "\ud83d\ude00", "\udc80", "a\ud800b",
    "\U00010000", "\U0001f600", "\U000e0001", "\U000e0100", "\U000f0000", "\U0010ffff", "\u0378",
    "\u0600", "\u061c", "\u1680", "\u180e", "e\u0301", "  a  ", "\t\n a b \r\n",
    "\x1c\x1d\x1e\x1fa\x1f\x1e\x1d\x1c", "\x85a\x85", "\xa0a\xa0", "\u1680a\u1680",
    "\u2000\u200aa\u200a\u2000", "\u2028a\u2029", "\u202fa\u205f", "\u3000a\u3000", "\u200ba\u200b",
    "\ufeffa\ufeff", "\x00 a \x00", "\v\fa\f\v", " \ud800 ", " 😀 ", "\u3000", "\x85\xa0",
    " \u2028 ", "\u180ea\u180e", "é ", " é", "/", "</script>",
]

EQUALS = [
    ("1", "1.0"), ("1", "true"), ("1.0", "true"), ("0", "false"), ("0.0", "false"), ("-0.0", "0"),
    ("-0.0", "false"), ("-0.0", "0.0"), ("2", "true"), ("true", "true"), ("true", "false"),
    ("null", "null"), ("null", "false"), ("null", "0"), ('"1"', "1"), ('""', "null"),
    ('"a"', '"a"'), ('"a"', '"b"'), ("NaN", "NaN"), ("[NaN]", "[NaN]"), ("NaN", "1"),
    ("Infinity", "Infinity"), ("Infinity", "-Infinity"), ("Infinity", "1e400"),
    ("Infinity", "1" * 400), ("9007199254740993", "9007199254740992.0"),
    ("9007199254740992", "9007199254740992.0"), ("9007199254740993", "9007199254740993.0"),
    ("1" + "0" * 22, "1e22"), ("1" + "0" * 23, "1e23"), ("99999999999999991611392", "1e23"),
    (str(int(1.7976931348623157e308)), "1.7976931348623157e308"),
    (str(int(1.7976931348623157e308) + 1), "1.7976931348623157e308"), ("-5", "-5.0"), ("5", "-5.0"),
    ("5", "5.5"), ("0", "5e-324"), ("[]", "[]"), ("[]", "{}"), ("[]", "null"),
    ("[1,2]", "[1.0,2.0]"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"), ("[true]", "[1]"), ("{}", "{}"),
    ('{"a":1}', '{"a":1.0}'), ('{"a":1,"b":2}', '{"b":2,"a":1}'),
    ('{"a":1,"b":2}', '{"a":2,"b":1}'), ('{"a":1}', '{"a":1,"b":2}'), ('{"a":1}', '{"b":1}'),
    ('{"a":[{"b":true}]}', '{"a":[{"b":1.0}]}'), ('{"a":NaN}', '{"a":NaN}'), ('{"a":null}', "{}"),
    ('"\\ud83d\\ude00"', '"\U0001f600"'), ('"\\ud83d"', '"\\ude00"'),
]


def encoded(text):
    return base64.b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii")


def escape_surrogates(text):
    """What our dump prints where ensure_ascii=False lets a lone surrogate through."""
    return re.sub("[\ud800-\udfff]", lambda match: f"\\u{ord(match[0]):04x}", text)


def printed(value):
    compact = json.dumps(value, separators=(",", ":"))
    return {
        "default": encoded(json.dumps(value)),
        "compact": encoded(compact),
        "unicode": encoded(
            escape_surrogates(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
        ),
        "str": encoded(str(value)),
        "repr": encoded(repr(value)),
        "truthy": bool(value),
        "stable": repr(json.loads(json.dumps(value))) == repr(value),
        "size": len(compact),
    }


def parse_case(text):
    case = {"kind": "parse", "input": encoded(text)}
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno, "character": error.pos}
        return case | {"error": str(error), "message": error.msg, "place": place}
    except (ValueError, RecursionError) as error:
        return case | {"error": str(error), "message": str(error)}
    return case | printed(value)


def text_case(text):
    return {
        "kind": "text",
        "input": encoded(text),
        "length": len(text),
        "strip": encoded(text.strip()),
        "prefixes": [encoded(text[:count]) for count in (0, 1, 2, 3, len(text), len(text) + 1)],
    } | printed(text)


def equal_case(a, b):
    # parse_constant: json.loads has one NaN object, and containers compare by identity first.
    values = [json.loads(text, parse_constant=float) for text in (a, b)]
    return {"kind": "equal", "a": encoded(a), "b": encoded(b), "equal": values[0] == values[1]}


def class_case(name, holds):
    points = [point for point in range(sys.maxunicode + 1) if holds(chr(point))]
    return {
        "kind": "classes",
        "class": name,
        "count": len(points),
        "sum": sum(points),
        "squares": sum(point * point for point in points),
    }


class Documents:
    """Random documents, and documents that something happened to."""

    SAMPLES = (
        "ab '\"\\/\n\t\r\x00\x1f\x7f\x85\xa0\xadé€\u200b\u2028"
        "\ud83d\ude00\ufeff\uffff😀\U0010ffff"
    )
    DAMAGE = "{}[]:,\"\\'/ \n\tuN-+.eE019nItfé😀\x00\x1f\ud800"

    def __init__(self, seed):
        self.random = random.Random(seed)

    def text(self):
        return "".join(self.random.choices(self.SAMPLES, k=self.random.randrange(6)))

    def real(self):
        while True:
            (value,) = struct.unpack("<d", self.random.randbytes(8))
            if value == value:
                return value

    def number(self):
        digits = "".join(self.random.choices("0123456789", k=self.random.randrange(1, 25)))
        point = self.random.randrange(len(digits))
        return self.random.choice([
            lambda: repr(self.real()).replace("inf", "Infinity"),
            lambda: str(self.random.randrange(-1000, 1000)),
            lambda: str(self.random.randrange(-(10**30), 10**30)),
            lambda: f"{self.random.randrange(10)}.{digits}e{self.random.randrange(-330, 312)}",
            lambda: f"{self.random.randrange(1, 10)}{digits[:point]}.{digits[point:]}",
            lambda: repr(self.random.randrange(-(10**6), 10**6) / 10 ** self.random.randrange(9)),
        ])()

    def space(self):
        return self.random.choice(["", "", "", " ", "\n", "\t ", "\r\n"])

    def document(self, depth=0):
        kinds = ["word", "number", "string"] + ["array", "object"] * (2 if depth < 4 else 0)
        kind = self.random.choice(kinds)
        if kind == "word":
            return self.random.choice(["null", "true", "false", "NaN", "Infinity", "-Infinity"])
        if kind == "number":
            return self.number()
        if kind == "string":
            return json.dumps(self.text(), ensure_ascii=self.random.random() < 0.5)
        count = self.random.choice([0, 1, 2, 3, 5])
        parts = []
        for _ in range(count):
            part = self.space() + self.document(depth + 1) + self.space()
            if kind == "object":
                key = self.random.choice(["a", "b", self.text()])
                part = self.space() + json.dumps(key) + self.space() + ":" + part
            parts.append(part)
        return ("[%s]" if kind == "array" else "{%s}") % ",".join(parts)

    def damaged(self):
        text = self.document()
        for _ in range(self.random.choice([1, 1, 2])):
            at = self.random.randrange(len(text) + 1)
            cut = self.random.choice([0, 1, 1, 4])
            text = text[:at] + self.random.choice(["", *self.DAMAGE]) + text[at + cut :]
        return text[: self.random.randrange(len(text) + 1)] if self.random.random() < 0.2 else text

    def many_keys(self, count, distinct):
        keys = [f"k{self.random.randrange(distinct)}" for _ in range(count)]
        return "{%s}" % ",".join(f'"{key}":{i}' for i, key in enumerate(keys))


def cases(count, seed):
    documents = Documents(seed)
    for text in WHOLE_DOCUMENTS + BROKEN_DOCUMENTS + STRING_LITERALS + NUMBERS:
        yield parse_case(text)
    yield parse_case("[" * 900 + "]" * 900)
    for size, distinct in [(15, 99), (16, 99), (17, 99), (18, 9), (40, 20), (200, 150)]:
        yield parse_case(documents.many_keys(size, distinct))
    for text in TEXTS:
        yield text_case(text)
    for a, b in EQUALS:
        yield equal_case(a, b)
        yield equal_case(b, a)
    yield class_case("printable", str.isprintable)
    yield class_case("space", str.isspace)
    for _ in range(count):
        yield parse_case(documents.document())
        yield parse_case(documents.damaged())
        yield parse_case(f"[{documents.number()},{documents.number()}]")
        yield text_case(documents.text())
        yield equal_case(documents.number(), documents.number())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=pathlib.Path, default=DEFAULT_OUT)
    parser.add_argument("--random", type=int, default=120, metavar="N")
    parser.add_argument("--seed", type=int, default=20110611)
    options = parser.parse_args()
    if sys.version_info[:2] != (3, 11):
        sys.exit("needs Python 3.11, whose json the telemetry library imitates")
    asked = cases(options.random, options.seed)
    lines = [json.dumps(case, separators=(",", ":")) for case in asked]
    options.out.write_text("\n".join(lines) + "\n", encoding="ascii")


if __name__ == "__main__":
    main()
