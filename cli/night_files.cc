#include "cli/night_files.h"

#include "golden/json_text.h"
#include "matrix/matrix_forms.h"
#include "matrix/report_night.h"

namespace codex::cli {
namespace {

using golden::Status;

std::string matrix_text(const matrix::Report& report) {
  const matrix::ParityMatrix none;
  const matrix::ParityMatrix& matrix = report.night ? report.night->matrix : none;
  return golden::pretty_text(golden::encode(matrix::to_json(matrix))) + "\n";
}

}  // namespace

Status replace_file(golden::Files& files, const std::string& path, std::string_view bytes) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash);
  const std::string temporary =
      folder + "/." + (slash == std::string::npos ? path : path.substr(slash + 1)) + ".new";
  Status status = files.remove(temporary);  // of a run that was killed
  if (!status) status = files.write_new(temporary, bytes);
  if (!status) status = files.rename(temporary, path);
  if (!status) return files.sync_folder(folder);
  (void)files.remove(temporary);
  return status;
}

Status write_reports(golden::Files& files, const std::string& folder,
                     const matrix::Report& report) {
  const auto write = [&](const char* name, const std::string& text) {
    return replace_file(files, folder + "/" + name, text);
  };
  const std::string issue = matrix::render_issue(report);
  Status status = write("matrix.json", matrix_text(report));
  if (!status) status = write("report.html", matrix::render_html(report));
  if (!status) status = write("junit.xml", matrix::render_junit(report));
  if (!status) status = write("summary.md", matrix::render_summary(report));
  if (!status) {
    status = issue.empty() ? files.remove(folder + "/issue.md") : write("issue.md", issue);
  }
  // The last, for whoever waits for it.
  if (!status) status = write("report.json", matrix::render_json(report));
  return status;
}

}  // namespace codex::cli
