-- Who wants to hear of changes in the registry.
CREATE TABLE webhooks (
  webhook_id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  description TEXT,
  url TEXT NOT NULL,
  secret TEXT,
  status TEXT NOT NULL,
  creation_time BIGINT NOT NULL,
  last_update_time BIGINT NOT NULL
);
CREATE INDEX webhooks_by_time ON webhooks (creation_time, webhook_id);
CREATE TABLE webhook_events (
  webhook_id TEXT NOT NULL REFERENCES webhooks(webhook_id) ON DELETE CASCADE,
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY (webhook_id, entity, action)
) CLUSTERED;
CREATE INDEX webhook_events_by_event ON webhook_events (entity, action);
-- Messages on their way, written in the transaction of the change they tell of; a row goes when its message has arrived. status: 'waiting' or 'given up'.
CREATE TABLE webhook_deliveries (
  id IDENTITY_KEY,
  delivery_id TEXT NOT NULL UNIQUE,
  webhook_id TEXT NOT NULL REFERENCES webhooks(webhook_id) ON DELETE CASCADE,
  entity TEXT NOT NULL,
  action TEXT NOT NULL,
  body TEXT NOT NULL,
  status TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_attempt_at BIGINT NOT NULL,
  last_error TEXT,
  created_at BIGINT NOT NULL
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (status, next_attempt_at);
CREATE INDEX webhook_deliveries_by_webhook ON webhook_deliveries (webhook_id, id);
