#include "matrix/sqlite.h"

#include <sqlite3.h>

#include <limits>
#include <utility>

namespace codex::matrix::sqlite {
namespace {

// What to do about it; the message itself is SQLite's.
std::string hint_of(int code, int wait_ms) {
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process has had it locked for more than " + std::to_string(wait_ms) +
             " ms; run again when that has ended";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "it is cut, broken or something else; it was left as it is: move it away and put a "
             "copy of it there, or nothing, to begin anew";
    case SQLITE_FULL:
    case SQLITE_IOERR:
      return "nothing of this night was recorded; make room on the disk and run again";
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
      return "make file and folder writable for this user, or name another file";
    default:
      return "it was left as it is; name another file";
  }
}

}  // namespace

Database::Database(const std::string& path, int wait_ms)
    : Database(path, wait_ms, SQLITE_OPEN_READWRITE) {}

Database Database::create(const std::string& path, int wait_ms) {
  return {path, wait_ms, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_EXCLUSIVE};
}

Database::Database(const std::string& path, int wait_ms, int flags)
    : path_(path), wait_ms_(wait_ms) {
  const int code =
      sqlite3_open_v2(path.c_str(), &handle_, flags | SQLITE_OPEN_EXRESCODE, nullptr);
  if (code != SQLITE_OK) {
    fail(code);
    return;
  }
  sqlite3_busy_timeout(handle_, wait_ms);
  // What the file says of itself is data, and runs nothing.
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(handle_, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  // Without the right to write SQLite opens it for reading alone, and says nothing.
  if (sqlite3_db_readonly(handle_, "main") == 1) fail(SQLITE_READONLY);
}

Database::Database(Database&& other) noexcept
    : path_(std::move(other.path_)),
      wait_ms_(other.wait_ms_),
      handle_(std::exchange(other.handle_, nullptr)),
      error_(std::move(other.error_)) {}

Database& Database::operator=(Database&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(wait_ms_, other.wait_ms_);
  std::swap(handle_, other.handle_);
  std::swap(error_, other.error_);
  return *this;
}

Database::~Database() {
  sqlite3_close_v2(handle_);
}

void Database::fail(int code) {
  const char* reason = sqlite3_errstr(code);
  if (handle_ && sqlite3_extended_errcode(handle_) == code) reason = sqlite3_errmsg(handle_);
  fail(harness::Error{.message = reason, .file = path_, .hint = hint_of(code, wait_ms_)});
}

void Database::fail(harness::Error error) {
  if (!error_) error_ = std::move(error);
}

void Database::execute(const std::string& sql) {
  if (error_) return;
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail(code);
}

std::optional<std::int64_t> Database::number(const std::string& sql) {
  Statement statement(*this, sql);
  if (!statement.step()) return std::nullopt;
  return statement.number(0);
}

std::optional<std::string> Database::text(const std::string& sql) {
  Statement statement(*this, sql);
  if (!statement.step()) return std::nullopt;
  return std::string(statement.text(0));
}

void Database::keep_as_it_is() {
  if (handle_) sqlite3_db_config(handle_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Statement::Statement(Database& database, std::string_view sql) : database_(database) {
  if (database_.error_) return;
  const int code = sqlite3_prepare_v2(database_.handle_, sql.data(), static_cast<int>(sql.size()),
                                      &handle_, nullptr);
  if (code != SQLITE_OK) database_.fail(code);
}

Statement::~Statement() {
  sqlite3_finalize(handle_);
}

bool Statement::step() {
  if (database_.error_) return false;
  const int code = sqlite3_step(handle_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) database_.fail(code);
  return false;
}

void Statement::reset() {
  if (!handle_) return;  // it could not be prepared
  sqlite3_reset(handle_);
  sqlite3_clear_bindings(handle_);
}

void Statement::bind(int index, std::int64_t value) {
  if (handle_) sqlite3_bind_int64(handle_, index, value);
}

void Statement::bind(int index, double value) {
  if (handle_) sqlite3_bind_double(handle_, index, value);
}

void Statement::bind(int index, std::string_view value) {
  if (!handle_) return;
  // A null pointer would be NULL.
  const char* data = value.data() ? value.data() : "";
  const int code = sqlite3_bind_text64(handle_, index, data, value.size(), SQLITE_TRANSIENT,
                                       SQLITE_UTF8);
  if (code != SQLITE_OK) database_.fail(code);
}

void Statement::bind(int index, std::nullopt_t) {
  if (handle_) sqlite3_bind_null(handle_, index);
}

void Statement::bind(int index, const std::optional<std::int64_t>& value) {
  if (value) bind(index, *value);
}

std::int64_t Statement::number(int column) const {
  return sqlite3_column_int64(handle_, column);
}

double Statement::real(int column) const {
  return sqlite3_column_double(handle_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = sqlite3_column_text(handle_, column);
  if (!data) return {};
  return {reinterpret_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(handle_, column))};
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(handle_, column) == SQLITE_NULL;
}

Transaction::Transaction(Database& database) : database_(database) {
  database_.execute("BEGIN IMMEDIATE");
  open_ = !database_.error();
}

Transaction::~Transaction() {
  if (!open_) return;
  // After the error that ended it: the first one is what is told.
  const std::optional<harness::Error> first = database_.error();
  database_.clear();
  database_.execute("ROLLBACK");
  database_.clear();
  if (first) database_.fail(*first);
}

void Transaction::commit() {
  if (!open_ || database_.error()) return;
  database_.execute("COMMIT");
  open_ = static_cast<bool>(database_.error());
}

}  // namespace codex::matrix::sqlite
