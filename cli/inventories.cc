#include "cli/inventories.h"

#include <optional>
#include <thread>
#include <utility>

#include "cli/interrupt.h"
#include "cli/places.h"
#include "cli/subjects.h"
#include "harness/subject/host_inventory.h"

namespace codex::cli {
namespace {

harness::Result<matrix::Inventory> inventory_of(const std::string& venv,
                                                const std::string& subject) {
  const auto value =
      harness::read_host_inventory({.subject = subject,
                                    .worker_path = program("codex-telemetry-py-worker"),
                                    .venv = venv.empty() ? ".venv" : venv,
                                    .stop = &interrupted()});
  if (!value) return value.error();
  return matrix::inventory_from(value.value(), subject + " of " + venv);
}

}  // namespace

Inventories read_inventories(const std::string& venv, const std::vector<std::string>& subjects) {
  struct Reading {
    std::optional<harness::Result<matrix::Inventory>> result;
    std::thread thread;
  };
  const SubjectChoice choice{.names = subjects, .venv = venv, .further = {}};
  std::vector<Reading> readings(reference_subjects().size());
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const std::string& subject = reference_subjects()[i];
    if (!selected(choice, subject)) continue;
    readings[i].thread = std::thread(
        [&venv, &subject, &reading = readings[i]] { reading.result = inventory_of(venv, subject); });
  }
  Inventories inventories;
  for (Reading& reading : readings) {
    if (!reading.thread.joinable()) continue;
    reading.thread.join();
    if (*reading.result) {
      inventories.found.push_back(std::move(reading.result->value()));
    } else {
      inventories.errors.push_back(reading.result->error());
    }
  }
  return inventories;
}

}  // namespace codex::cli
