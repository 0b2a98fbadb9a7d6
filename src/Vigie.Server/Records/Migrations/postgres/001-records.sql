-- The same tables as in SQLite, for several servers at once. Ids are 16 bytes in the order of time: milliseconds since the epoch (6), the process (3), a counter (3), a code (4).
-- One transaction at a time writes (an advisory lock), so that numbers, and numbers of change, appear in the order of commit: who has read up to one has missed none.
CREATE TABLE models (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  digest text NOT NULL,
  name text NOT NULL,
  version text,
  run_id text
);
CREATE INDEX models_by_digest ON models (digest);

-- part: 0 champion, 1 challenger, 2 asked for by name, 3 in a batch. label: 0 negative, 1 neutral, 2 positive. length: of the text, in UTF-16 code units. blank: 1 once it was erased.
-- A text cannot hold U+0000 here: U+FFFD stands for it.
CREATE TABLE predictions (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id bytea NOT NULL,
  at bigint NOT NULL,
  model bigint NOT NULL REFERENCES models (id),
  part bigint NOT NULL,
  label bigint NOT NULL,
  probability_positive double precision NOT NULL,
  confidence double precision NOT NULL,
  unknown_share double precision NOT NULL,
  latency_us bigint NOT NULL,
  length bigint NOT NULL,
  language text,
  text text,
  tweet_id text,
  tweet_id_is_number bigint NOT NULL,
  author bytea,
  shadow_model bigint REFERENCES models (id),
  shadow_label bigint,
  shadow_probability_positive double precision,
  blank bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX predictions_by_id ON predictions (id);
CREATE INDEX predictions_by_tweet ON predictions USING hash (tweet_id) WHERE tweet_id IS NOT NULL;
CREATE INDEX predictions_by_author ON predictions (author) WHERE author IS NOT NULL;

CREATE TABLE feedback (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id bytea NOT NULL,
  at bigint NOT NULL,
  prediction bytea,
  text text,
  predicted bigint,
  label bigint NOT NULL,
  reporter bytea,
  comment text,
  blank bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX feedback_by_id ON feedback (id);
CREATE INDEX feedback_by_prediction ON feedback (prediction) WHERE prediction IS NOT NULL;
CREATE INDEX feedback_by_text ON feedback USING hash (text) WHERE text IS NOT NULL;
CREATE INDEX feedback_by_reporter ON feedback (reporter) WHERE reporter IS NOT NULL;

-- The servers that write here: up to where each one's journal is in this database, and since when copies of erased texts elsewhere have been to go; null where none are.
CREATE TABLE replicas (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id bytea NOT NULL UNIQUE,
  segment bigint NOT NULL DEFAULT 0,
  position bigint NOT NULL DEFAULT 0,
  copies_since bigint
);

-- Figures by the minute, as SQLite's second step describes them. Each server has rows of its own for what models answered: it alone knows their histograms.
CREATE TABLE changes (
  single bigint PRIMARY KEY CHECK (single = 1),
  last bigint NOT NULL,
  era bigint NOT NULL
);
INSERT INTO changes (single, last, era) VALUES (1, 1, ('x' || substr(md5(random()::text || clock_timestamp()::text), 1, 16))::bit(64)::bigint);

CREATE TABLE figures (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  minute bigint NOT NULL,
  model bigint NOT NULL REFERENCES models (id),
  part bigint NOT NULL,
  replica bigint NOT NULL REFERENCES replicas (number),
  negative bigint NOT NULL,
  neutral bigint NOT NULL,
  positive bigint NOT NULL,
  confidence double precision NOT NULL,
  unknown_share double precision NOT NULL,
  length bigint NOT NULL,
  latencies bytea NOT NULL,
  newest bigint NOT NULL,
  change bigint NOT NULL
);
CREATE UNIQUE INDEX figures_by_minute ON figures (minute, model, part, replica);
CREATE INDEX figures_by_change ON figures (change);

CREATE TABLE judgements (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  minute bigint NOT NULL,
  model bigint NOT NULL,
  part bigint NOT NULL,
  predicted bigint NOT NULL,
  truth bigint NOT NULL,
  count bigint NOT NULL,
  change bigint NOT NULL
);
CREATE UNIQUE INDEX judgements_by_minute ON judgements (minute, model, part, predicted, truth);
CREATE INDEX judgements_by_change ON judgements (change);

CREATE TABLE traffic (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id bytea NOT NULL UNIQUE,
  minute bigint NOT NULL,
  succeeded bigint NOT NULL,
  refused bigint NOT NULL,
  failed bigint NOT NULL,
  change bigint NOT NULL
);
CREATE INDEX traffic_by_minute ON traffic (minute);
CREATE INDEX traffic_by_change ON traffic (change);

-- That something was forgotten, when, and how much of it; not what.
CREATE TABLE erasures (
  id bytea PRIMARY KEY,
  asked_at bigint NOT NULL,
  done_at bigint NOT NULL,
  predictions bigint NOT NULL,
  corrections bigint NOT NULL
);
