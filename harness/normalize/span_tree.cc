#include "harness/normalize/span_tree.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <string_view>
#include <utility>

#include "codex/telemetry/json.h"
#include "harness/normalize/span_records.h"

namespace codex::harness {
namespace {

// The kind of span: task and turn spans are custom spans that say so in their data. Not the span's
// own name: spans of one kind are compared with each other, so that another name is one difference.
std::string name_of(const SpanRecord& span) {
  const json::Value& exported = span.start.is_null() ? span.end : span.start;
  const json::Value* data = exported.get("span_data");
  if (data == nullptr) return "span";
  const json::Value* inner = data->get("data");
  const json::Value* sdk_type = inner == nullptr ? nullptr : inner->get("sdk_span_type");
  if (sdk_type != nullptr && !sdk_type->text().empty()) return *sdk_type->string();
  const json::Value* type = data->get("type");
  return type == nullptr || type->text().empty() ? "span" : *type->string();
}

Observation line_of(std::string lane, std::string name, const SpanRecord& record) {
  return {std::move(lane), std::move(name),
          json::Object{{"start", record.start}, {"end", record.end}}};
}

// Takes out what says who and when; what is left says what.
void drop_ids_and_times(json::Value& exported) {
  json::Object* object = exported.object();
  if (object == nullptr) return;
  for (const char* id : {"id", "trace_id", "parent_id"}) object->erase(id);
  for (const char* time : {"started_at", "ended_at"}) {
    json::Value* value = object->find(time);
    if (value != nullptr && !value->is_null()) *value = "";
  }
}

// The spans of one trace.
class Tree {
 public:
  Tree(std::string lane, std::vector<SpanRecord*> spans, const Content& content)
      : lane_(std::move(lane)), content_(content) {
    for (SpanRecord* span : spans) nodes_.push_back({span, {}, {}, false});
    for (std::size_t i = 0; i < nodes_.size(); ++i) by_id_.emplace(nodes_[i].span->id, i);
  }

  void write(SpanForest& forest) {
    std::vector<std::size_t> roots;
    std::vector<std::size_t> orphans;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      SpanRecord& span = *nodes_[i].span;
      const auto parent = by_id_.find(span.parent);
      if (span.parent.empty()) {
        roots.push_back(i);
      } else if (parent == by_id_.end()) {
        orphans.push_back(i);
      } else {
        nodes_[parent->second].children.push_back(i);
      }
      mark_missing_parent(span.start);
      mark_missing_parent(span.end);
    }
    write_siblings(roots, forest);
    write_siblings(orphans, forest);
    // Spans that are their own ancestors hang on no root.
    for (std::size_t i = 0; i < nodes_.size(); ++i) write_siblings({i}, forest);
  }

 private:
  struct Node {
    SpanRecord* span;
    std::vector<std::size_t> children;
    std::string content;  // of the whole subtree
    bool seen;
  };

  void mark_missing_parent(json::Value& exported) const {
    json::Value* parent = exported.is_object() ? exported.object()->find("parent_id") : nullptr;
    if (parent != nullptr && parent->is_string() && !by_id_.contains(parent->text())) {
      *parent = kMissingSpan;
    }
  }

  void write_siblings(const std::vector<std::size_t>& siblings, SpanForest& forest) {
    for (const std::size_t i : ordered(siblings)) write_subtree(i, forest);
  }

  // nodes_[i].children are in order by then: ordered() went through them.
  void write_subtree(std::size_t i, SpanForest& forest) {
    forest.lines.push_back(line_of(lane_, name_of(*nodes_[i].span), *nodes_[i].span));
    forest.spans.push_back(nodes_[i].span->id);
    for (const std::size_t child : nodes_[i].children) write_subtree(child, forest);
  }

  // Those that were not seen yet, in their order; orders all that is under them, too.
  std::vector<std::size_t> ordered(const std::vector<std::size_t>& siblings) {
    struct Run {
      json::Value task;
      std::vector<std::size_t> spans;
      std::string content;
    };
    std::vector<Run> runs;
    for (const std::size_t i : siblings) {
      if (nodes_[i].seen) continue;
      nodes_[i].seen = true;
      nodes_[i].children = ordered(nodes_[i].children);
      nodes_[i].content = content_of(nodes_[i]);
      const json::Value& task = nodes_[i].span->task;
      auto run = std::find_if(runs.begin(), runs.end(),
                              [&](const Run& known) { return known.task == task; });
      if (run == runs.end()) run = runs.insert(run, {task, {}, {}});
      run->spans.push_back(i);
      run->content += nodes_[i].content;
    }
    std::stable_sort(runs.begin(), runs.end(),
                     [](const Run& a, const Run& b) { return a.content < b.content; });
    std::vector<std::size_t> order;
    for (const Run& run : runs) order.insert(order.end(), run.spans.begin(), run.spans.end());
    return order;
  }

  std::string content_of(const Node& node) const {
    SpanRecord bare{node.span->start, node.span->end, {}, {}, {}, {}};
    drop_ids_and_times(bare.start);
    drop_ids_and_times(bare.end);
    Observation line = line_of(lane_, name_of(bare), bare);
    content_(line);
    std::string text = line.name + json::dump(line.data, json::kCompactUnicode) + "\n";
    for (const std::size_t child : node.children) text += nodes_[child].content;
    return text + ";";
  }

  std::string lane_;
  const Content& content_;
  std::vector<Node> nodes_;  // in start order
  std::map<std::string, std::size_t, std::less<>> by_id_;
};

void add_once(std::vector<std::string>& texts, std::string_view text) {
  const bool known = std::find(texts.begin(), texts.end(), text) != texts.end();
  if (!known && !text.empty()) texts.emplace_back(text);
}

}  // namespace

SpanForest take_spans(std::vector<Observation>& observations, const Content& content) {
  SpanRecords records = take_records(observations);
  SpanForest forest;
  for (std::size_t number = 0; number < records.trace_ids.size(); ++number) {
    const std::string& id = records.trace_ids[number];
    const std::string lane = "span/trace:" + std::to_string(number + 1);
    for (const SpanRecord& trace : records.traces) {
      if (trace.trace != id) continue;
      forest.lines.push_back(line_of(lane, "trace", trace));
      add_once(forest.groups, trace.text("group_id"));
    }
    std::vector<SpanRecord*> spans;
    for (SpanRecord& span : records.spans) {
      if (span.trace == id) spans.push_back(&span);
    }
    Tree(lane, std::move(spans), content).write(forest);
  }
  forest.traces = std::move(records.trace_ids);
  return forest;
}

}  // namespace codex::harness
