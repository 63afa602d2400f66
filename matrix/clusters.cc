#include "matrix/clusters.h"

namespace codex::matrix {

void for_each_difference(const SessionReport&,
                         const std::function<void(const std::string& column,
                                                  const golden::JudgedDifference&)>&) {}
std::vector<Cluster> clusters(const Report&) { return {}; }
std::string cluster_key(const Cluster& cluster) { return cluster.cause.id + ' ' + cluster.column; }
bool is_red(golden::Verdict verdict) { return verdict > golden::Verdict::kUnavailable; }

}  // namespace codex::matrix
