// SQLite, as far as the history needs it: what is opened is closed, what was begun and not
// committed is rolled back.
//
// Errors stick: after the first one of a Database every statement does nothing and gives nothing,
// so a caller asks once, at the end. Used by one thread at a time.
#ifndef MATRIX_SQLITE_H_
#define MATRIX_SQLITE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/model/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace codex::matrix::sqlite {

class Statement;

class Database {
 public:
  // Opens a file that is there, for reading and writing; `wait_ms` is how long it waits for
  // another process. The error is in error().
  Database(const std::string& path, int wait_ms);
  // Creates it. An error where it is there already.
  static Database create(const std::string& path, int wait_ms);
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;
  ~Database();

  // Statements without values, any number of them.
  void execute(const std::string& sql);
  // The first column of the first row; nothing where there is none.
  std::optional<std::int64_t> number(const std::string& sql);
  std::optional<std::string> text(const std::string& sql);
  // Closing leaves the file and its -wal as they are.
  void keep_as_it_is();

  // The first error since the last call of clear(), which names the file, SQLite's reason and what
  // to do.
  const std::optional<harness::Error>& error() const { return error_; }
  void clear() { error_.reset(); }
  void fail(harness::Error error);

 private:
  friend class Statement;
  Database(const std::string& path, int wait_ms, int flags);
  void fail(int code);

  std::string path_;
  int wait_ms_;
  sqlite3* handle_ = nullptr;
  std::optional<harness::Error> error_;
};

// A prepared statement. `database` must outlive it.
class Statement {
 public:
  Statement(Database& database, std::string_view sql);
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;
  ~Statement();

  // Values of ?1, ?2, … in order; those of the run before are gone. std::nullopt is NULL.
  template <typename... Values>
  Statement& with(const Values&... values) {
    reset();
    int index = 0;
    (bind(++index, values), ...);
    return *this;
  }
  // The next row; false at the end and after an error.
  bool step();
  // with(), and all of its steps.
  template <typename... Values>
  void run(const Values&... values) {
    with(values...);
    while (step()) {
    }
  }

  // Of the row, counted from 0. NULL is 0 and "". Views hold until the next step.
  std::int64_t number(int column) const;
  double real(int column) const;
  std::string_view text(int column) const;
  bool is_null(int column) const;

 private:
  void reset();
  void bind(int index, std::int64_t value);
  void bind(int index, double value);
  void bind(int index, std::string_view value);
  void bind(int index, std::nullopt_t);
  void bind(int index, const std::optional<std::int64_t>& value);

  Database& database_;
  sqlite3_stmt* handle_ = nullptr;
};

// BEGIN IMMEDIATE: the only one that writes, from now on.
class Transaction {
 public:
  explicit Transaction(Database& database);
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();  // rolls back what was not committed
  void commit();   // on the disk when it returns; nothing after an error

 private:
  Database& database_;
  bool open_ = false;
};

}  // namespace codex::matrix::sqlite

#endif  // MATRIX_SQLITE_H_
