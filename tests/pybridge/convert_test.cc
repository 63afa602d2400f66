#include "pybridge/convert.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "pybridge/interpreter.h"

namespace codex::pybridge {
namespace {

namespace py = pybind11;
using json::Array;
using json::Integer;
using json::Object;
using json::Value;
using testing::HasSubstr;

class ConvertTest : public testing::Test {
 protected:
  // One interpreter for the run, never ended. Not in SetUpTestSuite: where that fails, the tests
  // count as skipped.
  void SetUp() override {
    static const auto problem =
        start_interpreter({std::string(CTD_SOURCE_DIR) + "/.venv", std::string()});
    ASSERT_FALSE(problem) << *problem;
  }

  // What `x` is after these lines.
  static py::object python(const std::string& lines) {
    py::dict names;
    names["__builtins__"] = py::module_::import("builtins");
    // Not py::eval: its header is for programs that start the interpreter themselves.
    py::module_::import("builtins").attr("exec")(lines, names);
    return names["x"];
  }
  static Value converted(const std::string& lines) { return from_python(python(lines)); }
  static std::string refusal(const std::string& lines) {
    const py::object object = python(lines);
    try {
      from_python(object);
    } catch (const py::type_error& error) {
      return error.what();
    }
    return "was taken";
  }
  static bool same(const Value& value, const std::string& lines) {
    const py::object made = to_python(value);
    const py::object wanted = python(lines);
    const py::object repr = py::module_::import("builtins").attr("repr");
    return repr(made).equal(repr(wanted));
  }
};

TEST_F(ConvertTest, Scalars) {
  EXPECT_EQ(converted("x = None"), Value());
  EXPECT_EQ(converted("x = True"), Value(true));
  EXPECT_EQ(converted("x = False"), Value(false));
  EXPECT_EQ(converted("x = 0"), Value(0));
  EXPECT_EQ(converted("x = -7"), Value(-7));
  EXPECT_EQ(converted("x = 1.0"), Value(1.0));
  EXPECT_EQ(converted("x = float('nan')"), Value(std::nan("")));
  EXPECT_EQ(converted("x = float('-inf')"), Value(-std::numeric_limits<double>::infinity()));
  EXPECT_EQ(converted("x = ''"), Value(""));
}

TEST_F(ConvertTest, IntegersOfAnySize) {
  EXPECT_EQ(converted("x = 2**63 - 1"), Value(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(converted("x = -2**63"), Value(std::numeric_limits<std::int64_t>::min()));
  EXPECT_EQ(converted("x = 2**63"), Value(Integer{"9223372036854775808"}));
  EXPECT_EQ(converted("x = -10**30"), Value(Integer{"-1" + std::string(30, '0')}));
  // Beyond what str() does; its limit is the same afterwards.
  const auto limit = [] {
    return py::module_::import("sys").attr("get_int_max_str_digits")().cast<int>();
  };
  const int before = limit();
  ASSERT_GT(before, 0);
  ASSERT_LT(before, 5000);
  EXPECT_EQ(converted("x = [10**6000]"),
            Value(Array{Value(Integer{"1" + std::string(6000, '0')})}));
  EXPECT_TRUE(to_python(Value(Integer{"-" + std::string(5000, '7')}))
                  .equal(python("x = -((10**5000 - 1) // 9 * 7)")));
  EXPECT_EQ(limit(), before);
}

TEST_F(ConvertTest, TextIsWtf8) {
  EXPECT_EQ(converted("x = 'a\\0é\\u20ac\\U0001f600'"),
            Value(std::string("a\0\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80", 11)));
  EXPECT_EQ(converted("x = 'a\\ud800b'"), Value("a\xED\xA0\x80" "b"));
  EXPECT_EQ(converted("x = {'\\udfff': 1}"), Value(Object{{"\xED\xBF\xBF", 1}}));
  EXPECT_TRUE(same(Value("a\xED\xA0\x80" "b"), "x = 'a\\ud800b'"));
  EXPECT_TRUE(same(Value(std::string("\0z", 2)), "x = '\\0z'"));
}

TEST_F(ConvertTest, ListsTuplesAndDicts) {
  EXPECT_EQ(converted("x = [1, (2, 'three'), [], {}]"),
            Value(Array{Value(1), Value(Array{Value(2), Value("three")}), Value(Array{}),
                        Value(Object{})}));
  EXPECT_EQ(converted("x = {'b': 1, 'a': {'c': None}}"),
            Value(Object{{"b", 1}, {"a", Value(Object{{"c", Value()}})}}));
  EXPECT_EQ(converted("import collections\nx = collections.namedtuple('P', 'a b')(1, 2)"),
            Value(Array{Value(1), Value(2)}));
  EXPECT_EQ(converted("import collections\nx = collections.OrderedDict(a=1, b=2)\n"
                      "x.move_to_end('a')"),
            Value(Object{{"b", 2}, {"a", 1}}));
}

TEST_F(ConvertTest, KeysAsJsonPrintsThem) {
  const std::string keys =
      "x = {0: 0, -10**20: 0, 1.5: 0, 1e16: 0, float('inf'): 0, True: 0, None: 0, 'k': 0}";
  const auto printed = py::module_::import("json").attr("dumps")(python(keys));
  EXPECT_EQ(json::dump(converted(keys)), printed.cast<std::string>());
  EXPECT_EQ(converted("x = {7: 0, False: 1}"), Value(Object{{"7", 0}, {"false", 1}}));
  EXPECT_THAT(refusal("x = {'a': {(1, 2): 3}}"), HasSubstr("at \"/a\": a key is of type tuple"));
  EXPECT_THAT(refusal("x = {1: 0, '1': 0}"), HasSubstr("at \"/1\": two keys have this text"));
}

TEST_F(ConvertTest, SubclassesAndEnumsByValue) {
  const std::string enums =
      "import enum\n"
      "class S(str, enum.Enum):\n  A = 'a'\n"
      "class I(enum.IntEnum):\n  ONE = 1\n"
      "class F(enum.IntFlag):\n  R = 4\n  W = 2\n"
      "class P(enum.Enum):\n  T = ('x', 1)\n"
      "class N(int):\n  def __repr__(self): return 'no'\n  __str__ = __repr__\n"
      "class D(float):\n  def __repr__(self): return 'no'\n"
      "class T(str):\n  def __str__(self): return 'no'\n"
      "class L(list): pass\n";
  EXPECT_EQ(converted(enums + "x = [S.A, I.ONE, F.R | F.W, P.T, {S.A: S.A, I.ONE: 0}]"),
            Value(Array{Value("a"), Value(1), Value(6), Value(Array{Value("x"), Value(1)}),
                        Value(Object{{"a", "a"}, {"1", 0}})}));
  EXPECT_EQ(converted(enums + "x = L([N(5), N(10**20), D(0.5), T('t'), {T('k'): N(1)}])"),
            Value(Array{Value(5), Value(Integer{"100000000000000000000"}), Value(0.5), Value("t"),
                        Value(Object{{"k", 1}})}));
}

TEST_F(ConvertTest, RefusesTheRestAndSaysWhere) {
  EXPECT_THAT(refusal("import datetime\nx = {'a/b~': [0, {'k': datetime.date(2026, 1, 1)}]}"),
              HasSubstr("at \"/a~1b~0/1/k\": JSON cannot say an object of type datetime.date"));
  EXPECT_THAT(refusal("x = b'bytes'"),
              HasSubstr("at \"\": JSON cannot say an object of type bytes"));
  EXPECT_THAT(refusal("x = [{1}]"), HasSubstr("at \"/0\": JSON cannot say an object of type set"));
  EXPECT_THAT(refusal("x = {'\\ud800': object()}"), HasSubstr("at \"/\\ud800\": "));
  EXPECT_THAT(refusal("x = []\nx.append(x)"), HasSubstr("nested deeper than"));
}

TEST_F(ConvertTest, DeepestThatIsTakenCanBeReadAgain) {
  const Value value = converted("x = 1\nfor _ in range(890): x = [x]");
  const Value line(Object{{"lane", "event/run"}, {"name", "n"}, {"data", value}});
  EXPECT_TRUE(json::parse(json::dump(line)).ok());
  EXPECT_THAT(refusal("x = 1\nfor _ in range(891): x = [x]"), HasSubstr("nested deeper than 890"));
}

TEST_F(ConvertTest, ErrorsOfPythonCodeStayTheirOwn) {
  const py::object object = python(
      "class M(dict):\n  def items(self): raise KeyError('mine')\nx = [M()]");
  try {
    from_python(object);
    FAIL() << "was taken";
  } catch (const py::error_already_set& error) {
    EXPECT_TRUE(error.matches(PyExc_KeyError));
  }
}

TEST_F(ConvertTest, ToPythonAndBackIsTheSame) {
  const char* const documents[] = {
      "null", "true", "-0.0", "1e400", "NaN", "12345678901234567890123", "1.5e-7",
      "\"\\ud800 \\ud83d\\ude00 \\u0000\"", "[1, 1.0, true, [], {}]",
      "{\"z\": {\"\": [null]}, \"a\": -1, \"\\udc00\": \"x\"}"};
  for (const char* document : documents) {
    const auto parsed = json::parse(document);
    ASSERT_TRUE(parsed.ok()) << document;
    const py::object object = to_python(parsed.value());
    EXPECT_EQ(from_python(object), parsed.value()) << document;
    // And it is what Python itself reads there.
    EXPECT_TRUE(py::module_::import("json").attr("loads")(document).attr("__repr__")().equal(
        object.attr("__repr__")()))
        << document;
  }
}

Value arbitrary_value(int depth) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 7 : 5);
  if (kind == 1) return Value(*rc::gen::arbitrary<bool>());
  if (kind == 2) return Value(*rc::gen::arbitrary<std::int64_t>());
  if (kind == 3) return Value(*rc::gen::arbitrary<double>());
  if (kind == 4) return Value(*rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127)));
  if (kind == 5) {
    Array array;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) array.push_back(arbitrary_value(depth - 1));
    return Value(array);
  }
  if (kind == 6) {
    Object object;
    for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
      const auto key = *rc::gen::container<std::string>(rc::gen::inRange<char>(0, 127));
      object.set(key, arbitrary_value(depth - 1));
    }
    return Value(object);
  }
  return Value();
}

TEST_F(ConvertTest, AnyValueComesBack) {
  EXPECT_TRUE(rc::check("to_python and from_python are inverse", [] {
    const Value value = arbitrary_value(4);
    RC_ASSERT(from_python(to_python(value)) == value);
  }));
}

}  // namespace
}  // namespace codex::pybridge
