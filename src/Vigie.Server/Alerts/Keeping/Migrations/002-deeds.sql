-- What people did with an alert, and what they noted; goes with its alert. verb: 0 acknowledged, 1 silenced, 2 resolved, 3 noted.
CREATE TABLE alert_deeds (
  id TEXT PRIMARY KEY,
  alert TEXT NOT NULL,
  at BIGINT NOT NULL,
  verb BIGINT NOT NULL,
  until BIGINT,
  by_whom TEXT,
  note TEXT
);
CREATE INDEX alert_deeds_by_alert ON alert_deeds (alert, at);
