-- Ids are 16 bytes in the order of time: milliseconds since the epoch (6), the process (3), a counter (3), a code (4). A time window is a range of ids.
--
-- Rows are added at the end and never move: SQLite leaves copies behind when it moves rows between pages, which secure_delete does not reach. What must be
-- forgotten is therefore written over where it stands, with blanks of the same length; blanked rows are removed at the beginning of the table only, far from
-- any row that is not blank. So everything that names a person or a text has a fixed place: keys are blobs of 8 bytes, 0 once blanked.
CREATE TABLE models (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL,
  name TEXT NOT NULL,
  version TEXT,
  run_id TEXT
) STRICT;
CREATE INDEX models_by_digest ON models (digest);

-- part: 0 champion, 1 challenger, 2 asked for by name, 3 in a batch. label: 0 negative, 1 neutral, 2 positive. length: of the text, in UTF-16 code units.
CREATE TABLE predictions (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  model INTEGER NOT NULL REFERENCES models (id),
  part INTEGER NOT NULL,
  label INTEGER NOT NULL,
  probability_positive REAL NOT NULL,
  confidence REAL NOT NULL,
  unknown_share REAL NOT NULL,
  latency_us INTEGER NOT NULL,
  length INTEGER NOT NULL,
  language TEXT,
  text TEXT,
  tweet_id TEXT,
  tweet_id_is_number INTEGER NOT NULL,
  tweet_key BLOB,
  author BLOB,
  shadow_model INTEGER REFERENCES models (id),
  shadow_label INTEGER,
  shadow_probability_positive REAL,
  blank INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX predictions_by_id ON predictions (id);
CREATE INDEX predictions_by_tweet ON predictions (tweet_key) WHERE tweet_key IS NOT NULL;
CREATE INDEX predictions_by_author ON predictions (author) WHERE author IS NOT NULL;

CREATE TABLE feedback (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  at INTEGER NOT NULL,
  prediction BLOB,
  text TEXT,
  text_key BLOB,
  predicted INTEGER,
  label INTEGER NOT NULL,
  reporter BLOB,
  comment TEXT,
  blank INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX feedback_by_id ON feedback (id);
CREATE INDEX feedback_by_prediction ON feedback (prediction) WHERE prediction IS NOT NULL;
CREATE INDEX feedback_by_text ON feedback (text_key) WHERE text_key IS NOT NULL;
CREATE INDEX feedback_by_reporter ON feedback (reporter) WHERE reporter IS NOT NULL;

-- Predictions a minute (of their ids) by model and part, kept with every batch: counting ten million rows would take seconds.
CREATE TABLE activity (
  minute INTEGER NOT NULL,
  model INTEGER NOT NULL REFERENCES models (id),
  part INTEGER NOT NULL,
  predictions INTEGER NOT NULL,
  PRIMARY KEY (minute, model, part)
) STRICT, WITHOUT ROWID;

-- That something was forgotten, when, and how much of it; not what.
CREATE TABLE erasures (
  id BLOB NOT NULL PRIMARY KEY,
  asked_at INTEGER NOT NULL,
  done_at INTEGER NOT NULL,
  predictions INTEGER NOT NULL,
  corrections INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How much of the journal is in this database, the seed of the keys above, and since when copies of erased texts elsewhere have been to go; null where none are.
CREATE TABLE journal (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  segment INTEGER NOT NULL,
  position INTEGER NOT NULL,
  seed INTEGER NOT NULL,
  copies_since INTEGER
) STRICT;
