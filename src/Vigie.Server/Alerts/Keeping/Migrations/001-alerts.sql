-- Understood by SQLite and PostgreSQL alike. Times are milliseconds since the epoch.

-- What the engine knows, and how far it has read in the records; source tells whether they are the same records as before.
CREATE TABLE alert_memory (
  only_row BIGINT PRIMARY KEY CHECK (only_row = 1),
  engine TEXT NOT NULL,
  source BIGINT NOT NULL,
  corrections BIGINT NOT NULL,
  predictions BIGINT NOT NULL,
  digest_sent_at BIGINT
);

-- body: the alert as JSON, with the ids of its tweets and without their texts.
CREATE TABLE alerts (
  id TEXT PRIMARY KEY,
  state BIGINT NOT NULL,
  severity BIGINT NOT NULL,
  since BIGINT NOT NULL,
  resolved_at BIGINT,
  body TEXT NOT NULL
);
CREATE INDEX alerts_by_since ON alerts (since);

-- The outbox, in the order of its numbers. alerts: a JSON array of ids. done_at: when it was delivered, or given up with a failure.
CREATE TABLE alert_notices (
  number BIGINT PRIMARY KEY,
  key TEXT NOT NULL,
  channel TEXT NOT NULL,
  kind BIGINT NOT NULL,
  severity BIGINT NOT NULL,
  at BIGINT NOT NULL,
  alerts TEXT NOT NULL,
  more BIGINT NOT NULL,
  lines TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  next_at BIGINT NOT NULL,
  done_at BIGINT,
  failure TEXT
);
CREATE UNIQUE INDEX alert_notices_by_key ON alert_notices (key);
CREATE INDEX alert_notices_waiting ON alert_notices (channel, number) WHERE done_at IS NULL;

-- What people want done with alerts, until the engine has heard of it.
CREATE TABLE alert_commands (
  id TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  alert TEXT NOT NULL,
  verb BIGINT NOT NULL,
  until BIGINT,
  by_whom TEXT
);

-- What the drift monitor of a model knows.
CREATE TABLE alert_drift (
  model TEXT PRIMARY KEY,
  at BIGINT NOT NULL,
  state TEXT NOT NULL
);
