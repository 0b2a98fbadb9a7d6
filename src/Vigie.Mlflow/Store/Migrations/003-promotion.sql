-- Who was champion, and why. The champion itself is the alias 'champion': one row, which cannot point to two versions. Versions here may since have been deleted.
CREATE TABLE champion_changes (
  id IDENTITY_KEY,
  registered_model_id BIGINT NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  version BIGINT,
  previous_version BIGINT,
  reason TEXT,
  changed_by TEXT,
  changed_at BIGINT NOT NULL
);
CREATE INDEX champion_changes_by_model ON champion_changes (registered_model_id, id);

CREATE TABLE gates (
  registered_model_id BIGINT NOT NULL PRIMARY KEY REFERENCES registered_models(id) ON DELETE CASCADE,
  rule TEXT NOT NULL,
  set_by TEXT,
  set_at BIGINT NOT NULL
);
-- occasion: 'staging' or 'request'; comparisons: a JSON list with the values that were compared.
CREATE TABLE gate_decisions (
  id IDENTITY_KEY,
  registered_model_id BIGINT NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
  version BIGINT NOT NULL,
  champion BIGINT,
  rule TEXT NOT NULL,
  passed INTEGER NOT NULL,
  promoted INTEGER NOT NULL,
  reason TEXT NOT NULL,
  comparisons TEXT NOT NULL,
  occasion TEXT NOT NULL,
  decided_at BIGINT NOT NULL
);
CREATE INDEX gate_decisions_by_version ON gate_decisions (registered_model_id, version, id);
