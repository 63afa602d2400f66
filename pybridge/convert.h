// Python objects to JSON values and back. The only place where the two meet.
#ifndef PYBRIDGE_CONVERT_H_
#define PYBRIDGE_CONVERT_H_

#include <pybind11/pybind11.h>

#include "codex/telemetry/json.h"

namespace codex::pybridge {

// Total for what JSON can say: None, bool, int of any size, float, str (lone surrogates become
// WTF-8), list, tuple, dict; subclasses of these, and members of an Enum, by their value. Keys that
// are no str get the text that `json.dumps` gives them.
//
// Anything else raises TypeError that names the place, as a JSON pointer, and the type: a datetime
// that turned into a string here would be compared as if the client had shown a string. So does
// nesting deeper than the reader of the observation takes, and two keys with the same text.
json::Value from_python(pybind11::handle object);

// null, bool, exact int, float, str, list, dict. Raises only what running out of memory raises.
pybind11::object to_python(const json::Value& value);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_CONVERT_H_
