// What a client declares, read by pybridge/python/inventory.py.
#ifndef PYBRIDGE_INVENTORY_H_
#define PYBRIDGE_INVENTORY_H_

#include "codex/telemetry/json.h"
#include "pybridge/adapter.h"

namespace codex::pybridge {

// Before the client is imported. Both throw what Python raises.
void begin_inventory();
// {"inventory":{"inventory":1,"subject","package","version","entries":[…]}}
json::Value read_inventory(const Adapter& adapter);

}  // namespace codex::pybridge

#endif  // PYBRIDGE_INVENTORY_H_
