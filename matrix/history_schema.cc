#include "matrix/history_schema.h"

namespace codex::matrix {

// What repeats from night to night (names, digests, verdicts) stands once in `text` and is an id
// everywhere else; the references are for readers, SQLite does not check them. The views at the end
// are for people: `sqlite3 history.sqlite 'SELECT * FROM nights'`.
const char* const kHistorySchema = R"sql(
CREATE TABLE text (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,  -- in the order in which they were recorded
  run_id TEXT NOT NULL UNIQUE,
  started TEXT NOT NULL,
  seconds REAL NOT NULL,
  exit INTEGER NOT NULL,
  tool TEXT NOT NULL,
  rules TEXT NOT NULL,
  whole_corpus INTEGER NOT NULL
) STRICT;

CREATE TABLE total (
  run INTEGER NOT NULL REFERENCES run,
  verdict INTEGER NOT NULL REFERENCES text,
  sessions INTEGER NOT NULL,
  PRIMARY KEY (run, verdict)
) STRICT, WITHOUT ROWID;

-- A column of the parity matrix: a client or the tool, in one version.
CREATE TABLE version (
  run INTEGER NOT NULL REFERENCES run,
  place INTEGER NOT NULL,  -- the columns' order
  name TEXT NOT NULL,
  subject TEXT NOT NULL,
  package TEXT NOT NULL,
  version TEXT NOT NULL,
  further INTEGER NOT NULL,
  unavailable TEXT NOT NULL,
  PRIMARY KEY (run, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
  run INTEGER NOT NULL REFERENCES run,
  session INTEGER NOT NULL REFERENCES text,
  path INTEGER NOT NULL REFERENCES text,
  verdict INTEGER NOT NULL REFERENCES text,  -- of the first environment
  tape INTEGER NOT NULL REFERENCES text,     -- digest, or ''
  golden INTEGER NOT NULL REFERENCES text,   -- digest, or ''
  seconds REAL NOT NULL,
  PRIMARY KEY (run, session)
) STRICT, WITHOUT ROWID;

CREATE TABLE verdict (
  run INTEGER NOT NULL REFERENCES run,
  session INTEGER NOT NULL REFERENCES text,
  col INTEGER NOT NULL REFERENCES text,
  outcome INTEGER NOT NULL REFERENCES text,
  verdict INTEGER NOT NULL REFERENCES text,
  further INTEGER NOT NULL,
  accepted INTEGER NOT NULL,
  PRIMARY KEY (run, session, col)
) STRICT, WITHOUT ROWID;

CREATE TABLE difference (
  run INTEGER NOT NULL REFERENCES run,
  fingerprint INTEGER NOT NULL REFERENCES text,
  session INTEGER NOT NULL REFERENCES text,
  col INTEGER NOT NULL REFERENCES text,
  against INTEGER NOT NULL REFERENCES text,
  kind INTEGER NOT NULL REFERENCES text,
  known INTEGER REFERENCES text,  -- id of the entry
  lane INTEGER NOT NULL REFERENCES text,
  name INTEGER NOT NULL REFERENCES text,
  path INTEGER NOT NULL REFERENCES text,
  expected INTEGER REFERENCES text,  -- digests; null: that side has nothing
  actual INTEGER REFERENCES text,
  cause INTEGER NOT NULL REFERENCES text,
  number INTEGER NOT NULL,  -- how many of this fingerprint
  PRIMARY KEY (run, fingerprint)
) STRICT, WITHOUT ROWID;

CREATE TABLE cause (
  cause INTEGER PRIMARY KEY REFERENCES text,
  place TEXT NOT NULL,
  change TEXT NOT NULL  -- the first characters of it
) STRICT;

CREATE TABLE cluster (
  run INTEGER NOT NULL REFERENCES run,
  cause INTEGER NOT NULL REFERENCES text,
  col INTEGER NOT NULL REFERENCES text,
  against INTEGER NOT NULL REFERENCES text,
  kind INTEGER NOT NULL REFERENCES text,
  differences INTEGER NOT NULL,
  sessions INTEGER NOT NULL,
  standing TEXT NOT NULL,
  since TEXT NOT NULL,
  PRIMARY KEY (run, cause, col, against, kind)
) STRICT, WITHOUT ROWID;

CREATE VIEW nights AS
  SELECT started, exit, seconds, tool, rules, whole_corpus,
         (SELECT group_concat(sessions || ' ' || value, ', ')
            FROM total JOIN text ON text.id = verdict WHERE run = run.id) AS totals
    FROM run;
CREATE VIEW verdicts AS
  SELECT started, s.value AS session, c.value AS col, o.value AS outcome, v.value AS verdict
    FROM verdict JOIN run ON run.id = run JOIN text s ON s.id = session
    JOIN text c ON c.id = col JOIN text o ON o.id = outcome JOIN text v ON v.id = verdict.verdict;
CREATE VIEW differences AS
  SELECT started, s.value AS session, c.value AS col, k.value AS kind, l.value AS lane,
         n.value AS name, p.value AS path, cause.place, cause.change
    FROM difference d JOIN run ON run.id = run JOIN text s ON s.id = session
    JOIN text c ON c.id = col JOIN text k ON k.id = kind JOIN text l ON l.id = lane
    JOIN text n ON n.id = d.name JOIN text p ON p.id = path JOIN cause ON cause.cause = d.cause;
)sql";

}  // namespace codex::matrix
