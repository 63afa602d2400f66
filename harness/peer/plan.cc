#include "harness/peer/plan.h"

#include <utility>

namespace codex::harness {
namespace {

PlannedProcess planned(const ToCodex& start, std::size_t line) {
  PlannedProcess process{.line = line, .argv = std::vector<std::string>(), .input = std::nullopt};
  if (const json::Value* argv = start.message.get("argv"); argv != nullptr && argv->is_array()) {
    for (const json::Value& argument : *argv->array()) {
      process.argv->emplace_back(argument.text());
    }
  }
  if (const json::Value* input = start.message.get("stdin")) process.input = input->text();
  return process;
}

std::optional<Order> order_of(const ProcessEvent& event) {
  using Kind = Order::Kind;
  if (event.exit) return Order{.kind = Kind::kExit, .number = *event.exit};
  if (event.signal) return Order{.kind = Kind::kSignal, .number = *event.signal};
  if (event.sleep_ms) return Order{.kind = Kind::kSleep, .sleep_ms = *event.sleep_ms};
  if (event.eof) return Order{.kind = Kind::kEof};
  if (event.stall) return Order{.kind = Kind::kStay};
  return std::nullopt;
}

void add_entry(const Entry& entry, Plan& plan) {
  const std::size_t process = entry.process - 1;
  const auto add = [&](Order order) {
    plan.steps.push_back({entry.line, process, std::move(order)});
  };
  if (const auto* start = std::get_if<ToCodex>(&entry.what)) {
    plan.processes.push_back(planned(*start, entry.line));
    plan.steps.push_back({entry.line, process, std::nullopt});
  } else if (const auto* output = std::get_if<FromCodex>(&entry.what)) {
    add({.kind = Order::Kind::kOut, .bytes = output->bytes});
  } else {
    for (Order& order : orders_of(std::get<ProcessEvent>(entry.what)))
      add(std::move(order));
  }
}

bool ends_process(const Entry& entry) {
  const auto* event = std::get_if<ProcessEvent>(&entry.what);
  return event != nullptr && (event->exit || event->signal || event->stall);
}

}  // namespace

std::vector<Order> orders_of(const ProcessEvent& event) {
  std::vector<Order> orders;
  if (!event.stderr_text.empty()) {
    orders.push_back({.kind = Order::Kind::kErr, .bytes = event.stderr_text});
  }
  if (std::optional<Order> order = order_of(event)) orders.push_back(std::move(*order));
  return orders;
}

Plan make_plan(const Tape& tape) {
  Plan plan;
  if (tape.raw) {
    plan.processes.push_back({.line = 1, .argv = std::nullopt, .input = std::nullopt});
    plan.steps.push_back({1, 0, std::nullopt});
  }
  std::vector<std::size_t> last_entry(tape.processes, 0);
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    last_entry[tape.entries[i].process - 1] = i;
  }
  for (std::size_t i = 0; i < tape.entries.size(); ++i) {
    const Entry& entry = tape.entries[i];
    add_entry(entry, plan);
    plan.last_line = entry.line;
    if (last_entry[entry.process - 1] == i && !ends_process(entry)) {
      plan.steps.push_back({entry.line, entry.process - 1, Order{.kind = Order::Kind::kExit}});
    }
  }
  return plan;
}

}  // namespace codex::harness
