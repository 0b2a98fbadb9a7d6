-- Registered models, their versions and aliases. last_version counts up and never down, so that a deleted version's number is not given again.
CREATE TABLE registered_models (
  id IDENTITY_KEY,
  name TEXT NOT NULL UNIQUE,
  description TEXT,
  creation_time BIGINT NOT NULL,
  last_update_time BIGINT NOT NULL,
  last_version BIGINT NOT NULL
);
CREATE TABLE registered_model_tags (
  registered_model_id BIGINT NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (registered_model_id, key)
) CLUSTERED;
CREATE TABLE model_versions (
  registered_model_id BIGINT NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  stage TEXT NOT NULL,
  description TEXT,
  user_id TEXT,
  source TEXT,
  run_id TEXT,
  run_link TEXT,
  model_id TEXT,
  status TEXT NOT NULL,
  status_message TEXT,
  creation_time BIGINT NOT NULL,
  last_update_time BIGINT NOT NULL,
  PRIMARY KEY (registered_model_id, version)
) CLUSTERED;
CREATE INDEX model_versions_by_run ON model_versions (run_id);
CREATE TABLE model_version_tags (
  registered_model_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  key TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (registered_model_id, version, key),
  FOREIGN KEY (registered_model_id, version) REFERENCES model_versions(registered_model_id, version) ON DELETE CASCADE
) CLUSTERED;
-- One row an alias: it cannot point to two versions, and goes with the version that it points to.
CREATE TABLE model_aliases (
  registered_model_id BIGINT NOT NULL,
  alias TEXT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (registered_model_id, alias),
  FOREIGN KEY (registered_model_id, version) REFERENCES model_versions(registered_model_id, version) ON DELETE CASCADE
) CLUSTERED;
