#include "matrix/night_json.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "matrix/matrix_forms.h"

namespace codex::matrix {
namespace {

using json::Array;
using json::Object;
using json::Value;

Value number(std::size_t count) {
  return Value(static_cast<std::uint64_t>(count));
}

Array clusters(const std::vector<Cluster>& from) {
  Array list;
  for (const Cluster& cluster : from) {
    Array sessions(cluster.sessions.begin(), cluster.sessions.end());
    Object object{{"cause", cluster.cause.id},
                  {"kind", golden::verdict_name(cluster.kind)},
                  {"where", cluster.cause.where},
                  {"what", cluster.cause.what},
                  {"column", cluster.column},
                  {"against", cluster.against},
                  {"standing", standing_name(cluster.standing)},
                  {"differences", number(cluster.differences)},
                  {"sessions", std::move(sessions)}};
    if (cluster.accepted) object.append("accepted", true);
    list.push_back(std::move(object));
  }
  return list;
}

}  // namespace

Value clusters_json(const Night& night) {
  return clusters(night.clusters);
}

Value since_json(const Night& night) {
  Array changed;
  for (const VerdictChange& each : night.changed)
    changed.push_back(Object{{"session", each.session}, {"was", each.was}, {"now", each.now}});
  Array inputs;
  for (const InputChange& each : night.inputs)
    inputs.push_back(Object{{"what", each.what}, {"was", each.was}, {"now", each.now}});
  return Object{{"first", !night.before.has_value()},
                {"differences", Object{{"new", number(night.differences_new)},
                                       {"persistent", number(night.differences_persistent)},
                                       {"fixed", number(night.differences_fixed)},
                                       {"flaky", number(night.differences_flaky)},
                                       {"known", number(night.differences_known)}}},
                {"fixed", clusters(night.fixed)},
                {"changed", std::move(changed)},
                {"inputs", std::move(inputs)}};
}

Value matrix_json(const Night& night) {
  Object object;
  const Value whole = to_json(night.matrix);
  for (const char* key : {"figures", "places", "places_known", "regressions", "improvements"}) {
    if (const Value* part = whole.get(key)) object.append(key, *part);
  }
  return object;
}

Object clocks_json(const Night& night) {
  Object since;
  for (const Cluster& cluster : night.clusters) {
    if (!cluster.since.empty()) since.set(cluster.cause.id, cluster.since);
  }
  Array trend;
  for (const NightPoint& point : night.trend) {
    Object verdicts;
    for (const auto& [verdict, count] : point.verdicts)
      verdicts.append(verdict, number(count));
    trend.push_back(Object{{"started", point.started},
                           {"seconds", point.seconds},
                           {"exit", point.exit},
                           {"verdicts", std::move(verdicts)}});
  }
  return {{"before", night.before ? Value(*night.before) : Value()},
          {"since", std::move(since)},
          {"trend", std::move(trend)}};
}

}  // namespace codex::matrix
