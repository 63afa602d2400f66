// The parts that a night's Markdown forms have in common.
#ifndef MATRIX_NIGHT_TEXT_H_
#define MATRIX_NIGHT_TEXT_H_

#include <cstddef>
#include <string>
#include <vector>

#include "matrix/markdown.h"
#include "matrix/report.h"

namespace codex::matrix {

// How much of each thing is shown, so that a person sees the end of it.
struct NightLimits {
  std::size_t causes = 50;
  std::size_t examples = 10;
  std::size_t names = 20;  // of sessions and inputs in a list
};

// Clusters that somebody has to decide on, new ones first, else in the order of the night.
std::vector<const Cluster*> open_clusters(const Report& report);
// "C++", "upstream (`openai-agents 0.25.0`)", "golden", …; Markdown, in a table too.
std::string whose_doing(const Cluster& cluster, const Report& report);
// What the night is about in a line of plain text: "2 causes to decide on, 1 of them new". No
// text of a session is in it.
std::string headline(const Report& report);
// "412 sessions: 411 match, 1 upstream-drift"
std::string totals_line(const Report& report);

// Sections, each with its heading, or nothing. None shows a clock of this night or a duration.
void add_news(Page& page, const Report& report, const NightLimits& limits);
void add_causes(Page& page, const Report& report, const NightLimits& limits);
void add_examples(Page& page, const Report& report, const NightLimits& limits);
void add_inputs(Page& page, const Report& report, const NightLimits& limits);
void add_corpus(Page& page, const Report& report, const NightLimits& limits);
void add_unreadable(Page& page, const Report& report);
void add_matrix(Page& page, const Report& report, const NightLimits& limits);
void add_steps(Page& page, const Report& report);

}  // namespace codex::matrix

#endif  // MATRIX_NIGHT_TEXT_H_
