-- Experiments, runs and what they log. Times are milliseconds since the epoch.
CREATE TABLE experiments (
  id IDENTITY_KEY,
  name TEXT NOT NULL UNIQUE,
  artifact_location TEXT NOT NULL,
  lifecycle_stage TEXT NOT NULL,
  creation_time BIGINT NOT NULL,
  last_update_time BIGINT NOT NULL
);
CREATE TABLE experiment_tags (
  experiment_id BIGINT NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (experiment_id, key)
) CLUSTERED;

-- id is ours and short; run_id is the client's, 32 hexadecimal digits.
CREATE TABLE runs (
  id IDENTITY_KEY,
  run_id TEXT NOT NULL UNIQUE,
  experiment_id BIGINT NOT NULL REFERENCES experiments(id),
  name TEXT,
  user_id TEXT,
  status TEXT NOT NULL,
  start_time BIGINT NOT NULL,
  end_time BIGINT,
  artifact_uri TEXT NOT NULL,
  lifecycle_stage TEXT NOT NULL,
  deleted_time BIGINT
);
CREATE INDEX runs_by_start ON runs (experiment_id, lifecycle_stage, start_time DESC, run_id);

-- Names of metrics, so that a row of metrics is numbers only.
CREATE TABLE metric_keys (
  id IDENTITY_KEY,
  name TEXT NOT NULL UNIQUE
);
-- NaN is value 0 with is_nan 1. The key makes exact duplicates one row, and is the order of a history.
CREATE TABLE metrics (
  run BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  step BIGINT NOT NULL,
  timestamp BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  is_nan INTEGER NOT NULL,
  PRIMARY KEY (run, key_id, timestamp, step, value, is_nan)
) CLUSTERED;
-- The greatest by step, timestamp, value of each run and key; the index orders runs by a metric.
CREATE TABLE latest_metrics (
  run BIGINT NOT NULL,
  key_id BIGINT NOT NULL,
  experiment_id BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  is_nan INTEGER NOT NULL,
  timestamp BIGINT NOT NULL,
  step BIGINT NOT NULL,
  PRIMARY KEY (run, key_id)
) CLUSTERED;
CREATE INDEX latest_metrics_by_value ON latest_metrics (experiment_id, key_id, is_nan, value, run);

CREATE TABLE params (
  run BIGINT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) CLUSTERED;
CREATE INDEX params_by_value ON params (key, substr(value, 1, 200), run);
CREATE TABLE tags (
  run BIGINT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, key)
) CLUSTERED;
CREATE INDEX tags_by_value ON tags (key, substr(value, 1, 200), run);

CREATE TABLE datasets (
  id IDENTITY_KEY,
  experiment_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  digest TEXT NOT NULL,
  source_type TEXT NOT NULL,
  source TEXT NOT NULL,
  schema TEXT,
  profile TEXT,
  UNIQUE (experiment_id, name, digest)
);
CREATE TABLE run_datasets (
  run BIGINT NOT NULL,
  dataset_id BIGINT NOT NULL,
  PRIMARY KEY (run, dataset_id)
) CLUSTERED;
CREATE TABLE run_dataset_tags (
  run BIGINT NOT NULL,
  dataset_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (run, dataset_id, key)
) CLUSTERED;
-- direction: 'input' or 'output'
CREATE TABLE run_models (
  run BIGINT NOT NULL,
  direction TEXT NOT NULL,
  model_id TEXT NOT NULL,
  step BIGINT NOT NULL,
  PRIMARY KEY (run, direction, model_id)
) CLUSTERED;

CREATE TABLE logged_models (
  model_id TEXT NOT NULL PRIMARY KEY,
  experiment_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  artifact_uri TEXT NOT NULL,
  status TEXT NOT NULL,
  status_message TEXT,
  model_type TEXT,
  creator_id TEXT,
  source_run_id TEXT,
  creation_time BIGINT NOT NULL,
  last_update_time BIGINT NOT NULL,
  lifecycle_stage TEXT NOT NULL
);
CREATE INDEX logged_models_by_time ON logged_models (experiment_id, lifecycle_stage, creation_time DESC, model_id);
CREATE TABLE logged_model_params (
  model_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model_id, key)
) CLUSTERED;
CREATE TABLE logged_model_tags (
  model_id TEXT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (model_id, key)
) CLUSTERED;
CREATE TABLE logged_model_metrics (
  model_id TEXT NOT NULL,
  key TEXT NOT NULL,
  step BIGINT NOT NULL,
  timestamp BIGINT NOT NULL,
  value DOUBLE PRECISION NOT NULL,
  is_nan INTEGER NOT NULL,
  run_id TEXT NOT NULL,
  dataset_name TEXT NOT NULL,
  dataset_digest TEXT NOT NULL,
  PRIMARY KEY (model_id, key, timestamp, step, value, is_nan, run_id, dataset_name, dataset_digest)
) CLUSTERED;
