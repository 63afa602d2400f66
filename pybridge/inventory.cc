#include "pybridge/inventory.h"

#include <string>

#include <pybind11/pybind11.h>

#include "pybridge/convert.h"

namespace codex::pybridge {
namespace {

namespace py = pybind11;
using json::Object;
using json::Value;

}  // namespace

void begin_inventory() { py::module_::import("inventory").attr("begin")(); }

Value read_inventory(const Adapter& adapter) {
  const Value info = adapter.info();
  try {
    const std::string subject(info.get("name")->text());
    Value entries = from_python(py::module_::import("inventory").attr("read")(subject));
    return Object{{"inventory", Object{{"inventory", 1},
                                       {"subject", subject},
                                       {"package", *info.get("package")},
                                       {"version", *info.get("version")},
                                       {"entries", std::move(entries)}}}};
  } catch (const py::error_already_set& error) {
    return Object{{"error", traceback_of(error)}};
  }
}

}  // namespace codex::pybridge
