#include "pybridge/convert.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace codex::pybridge {
namespace {

namespace py = pybind11;

// Leaves room for what wraps an observation below json::ParseOptions::max_depth.
constexpr int kMaxDepth = 890;

// Where the conversion is: a chain on the stack, printed only when something is wrong.
struct Place {
  const Place* outer = nullptr;
  std::string_view key;       // of a dict
  py::ssize_t index = -1;     // of a list
  int depth = 0;
};

std::string pointer_to(const Place& place) {
  std::vector<std::string> steps;
  for (const Place* at = &place; at->outer != nullptr; at = at->outer) {
    std::string step;
    if (at->index >= 0) {
      step = std::to_string(at->index);
    } else {
      for (const char c : at->key) {
        step += c == '~' ? std::string("~0") : c == '/' ? std::string("~1") : std::string(1, c);
      }
    }
    steps.push_back("/" + step);
  }
  std::reverse(steps.begin(), steps.end());
  std::string pointer;
  for (const auto& step : steps) pointer += step;
  // Quoted and in ASCII: an exception's text must be UTF-8, which a key with a surrogate is not.
  return json::dump(json::Value(pointer));
}

[[noreturn]] void refuse(const Place& place, const std::string& why) {
  throw py::type_error("at " + pointer_to(place) + ": " + why);
}

template <typename T>
T checked(PyObject* result) {
  if (result == nullptr) throw py::error_already_set();
  return py::reinterpret_steal<T>(result);
}

// int <-> text of more than 4300 digits is refused unless the limit is off. No Python code runs
// while it is.
class UnlimitedDigits {
 public:
  UnlimitedDigits() : sys_(py::module_::import("sys")) {
    if (!py::hasattr(sys_, "set_int_max_str_digits")) return;
    limit_ = sys_.attr("get_int_max_str_digits")();
    sys_.attr("set_int_max_str_digits")(0);
  }
  ~UnlimitedDigits() {
    if (!limit_) return;
    PyObject* done =
        PyObject_CallMethod(sys_.ptr(), "set_int_max_str_digits", "O", limit_.ptr());
    if (done == nullptr) PyErr_Clear();
    Py_XDECREF(done);
  }
  UnlimitedDigits(const UnlimitedDigits&) = delete;
  UnlimitedDigits& operator=(const UnlimitedDigits&) = delete;

 private:
  py::object sys_;
  py::object limit_;
};

std::string text_of(PyObject* text) {
  Py_ssize_t size = 0;
  if (const char* utf8 = PyUnicode_AsUTF8AndSize(text, &size)) {
    return std::string(utf8, static_cast<std::size_t>(size));
  }
  if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) throw py::error_already_set();
  PyErr_Clear();
  return std::string(
      checked<py::bytes>(PyUnicode_AsEncodedString(text, "utf-8", "surrogatepass")));
}

// int's own text, whatever a subclass makes of it.
std::string digits_of(PyObject* integer) {
  PyObject* text = PyLong_Type.tp_repr(integer);
  if (text == nullptr && PyErr_ExceptionMatches(PyExc_ValueError)) {
    PyErr_Clear();
    const UnlimitedDigits unlimited;
    text = PyLong_Type.tp_repr(integer);
  }
  return text_of(checked<py::object>(text).ptr());
}

json::Value integer_of(PyObject* integer) {
  int overflow = 0;
  const long long value = PyLong_AsLongLongAndOverflow(integer, &overflow);
  if (value == -1 && PyErr_Occurred()) throw py::error_already_set();
  if (overflow == 0) return json::Value(static_cast<std::int64_t>(value));
  return json::Value(json::Integer{digits_of(integer)});
}

// Members of Enum stand for their value, whether or not they are an int or a str besides.
py::object without_enum(py::handle object) {
  static PyObject* const enum_type =
      py::object(py::module_::import("enum").attr("Enum")).release().ptr();
  const int is_enum = PyObject_IsInstance(object.ptr(), enum_type);
  if (is_enum < 0) throw py::error_already_set();
  if (is_enum == 0) return py::reinterpret_borrow<py::object>(object);
  return object.attr("value");
}

// As json.dumps: str as it is, the others as JSON prints them.
std::string key_text(py::handle key, const Place& place) {
  if (PyUnicode_CheckExact(key.ptr())) return text_of(key.ptr());
  const py::object plain = without_enum(key);
  PyObject* const object = plain.ptr();
  if (PyUnicode_Check(object)) return text_of(object);
  if (object == Py_None) return "null";
  if (PyBool_Check(object)) return object == Py_True ? "true" : "false";
  if (PyLong_Check(object)) return digits_of(object);
  if (PyFloat_Check(object)) return json::dump(json::Value(PyFloat_AS_DOUBLE(object)));
  refuse(place, std::string("a key is of type ") + Py_TYPE(object)->tp_name);
}

json::Value convert(py::handle handle, const Place& place);

template <typename Get>
json::Value sequence(PyObject* object, const Place& place, Get item) {
  json::Array array;
  array.reserve(static_cast<std::size_t>(PySequence_Fast_GET_SIZE(object)));
  // The size is asked for again each time: an Enum's value is Python code.
  for (Py_ssize_t i = 0; i < PySequence_Fast_GET_SIZE(object); ++i) {
    const auto held = py::reinterpret_borrow<py::object>(item(i));
    array.push_back(convert(held, {&place, {}, i, place.depth + 1}));
  }
  return json::Value(std::move(array));
}

json::Value mapping(PyObject* object, const Place& place) {
  // items() and not the table behind it: a subclass may have an order of its own.
  const auto items = checked<py::list>(PyMapping_Items(object));
  json::Object members;
  bool distinct = true;  // while all keys are str
  for (const py::handle pair : items) {
    if (!PyTuple_Check(pair.ptr()) || PyTuple_GET_SIZE(pair.ptr()) != 2) {
      refuse(place, std::string("items() of ") + Py_TYPE(object)->tp_name + " are no pairs");
    }
    const py::handle key_object = PyTuple_GET_ITEM(pair.ptr(), 0);
    const std::string key = key_text(key_object, place);
    distinct = distinct && PyUnicode_CheckExact(key_object.ptr());
    const Place inner{&place, key, -1, place.depth + 1};
    if (!distinct && members.find(key) != nullptr) refuse(inner, "two keys have this text");
    members.append(key, convert(PyTuple_GET_ITEM(pair.ptr(), 1), inner));
  }
  return json::Value(std::move(members));
}

json::Value convert_subclass(py::handle handle, const Place& place) {
  const py::object plain = without_enum(handle);
  PyObject* const object = plain.ptr();
  if (object != handle.ptr()) {
    return convert(plain, {place.outer, place.key, place.index, place.depth + 1});
  }
  if (PyUnicode_Check(object)) return json::Value(text_of(object));
  if (PyLong_Check(object)) return integer_of(object);
  if (PyFloat_Check(object)) return json::Value(PyFloat_AS_DOUBLE(object));
  if (PyList_Check(object)) {
    return sequence(object, place, [&](Py_ssize_t i) { return PyList_GET_ITEM(object, i); });
  }
  if (PyTuple_Check(object)) {
    return sequence(object, place, [&](Py_ssize_t i) { return PyTuple_GET_ITEM(object, i); });
  }
  if (PyDict_Check(object)) return mapping(object, place);
  refuse(place, std::string("JSON cannot say an object of type ") + Py_TYPE(object)->tp_name);
}

json::Value convert(py::handle handle, const Place& place) {
  if (place.depth > kMaxDepth) refuse({}, "nested deeper than " + std::to_string(kMaxDepth));
  PyObject* const object = handle.ptr();
  if (object == Py_None) return json::Value();
  if (PyBool_Check(object)) return json::Value(object == Py_True);
  if (PyUnicode_CheckExact(object)) return json::Value(text_of(object));
  if (PyLong_CheckExact(object)) return integer_of(object);
  if (PyFloat_CheckExact(object)) return json::Value(PyFloat_AS_DOUBLE(object));
  if (PyDict_CheckExact(object)) return mapping(object, place);
  if (PyList_CheckExact(object)) {
    return sequence(object, place, [&](Py_ssize_t i) { return PyList_GET_ITEM(object, i); });
  }
  return convert_subclass(handle, place);
}

py::object integer_to_python(const json::Integer& integer) {
  PyObject* value = PyLong_FromString(integer.digits.c_str(), nullptr, 10);
  if (value == nullptr && PyErr_ExceptionMatches(PyExc_ValueError)) {
    PyErr_Clear();
    const UnlimitedDigits unlimited;
    value = PyLong_FromString(integer.digits.c_str(), nullptr, 10);
  }
  return checked<py::object>(value);
}

py::object text_to_python(std::string_view text) {
  return checked<py::object>(PyUnicode_DecodeUTF8(
      text.data(), static_cast<Py_ssize_t>(text.size()), "surrogatepass"));
}

}  // namespace

json::Value from_python(py::handle object) { return convert(object, {}); }

py::object to_python(const json::Value& value) {
  switch (value.kind()) {
    case json::Kind::kNull:
      return py::none();
    case json::Kind::kBoolean:
      return py::bool_(*value.boolean());
    case json::Kind::kInteger:
      return integer_to_python(*value.integer());
    case json::Kind::kReal:
      return py::float_(*value.real());
    case json::Kind::kString:
      return text_to_python(*value.string());
    case json::Kind::kArray: {
      py::list list;
      for (const auto& item : *value.array()) list.append(to_python(item));
      return list;
    }
    case json::Kind::kObject: {
      py::dict dict;
      for (const auto& [key, item] : *value.object()) dict[text_to_python(key)] = to_python(item);
      return dict;
    }
  }
  return py::none();
}

}  // namespace codex::pybridge
