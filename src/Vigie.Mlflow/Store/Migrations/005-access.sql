-- Who may do what. role: 0 none, 1 read, 2 write, 3 admin.
CREATE TABLE users (
  id IDENTITY_KEY,
  name TEXT NOT NULL UNIQUE,
  password_hash TEXT,
  role BIGINT NOT NULL,
  creation_time BIGINT NOT NULL
);
-- hash: SHA-256 of the token, in hexadecimal digits; the token itself is kept nowhere.
CREATE TABLE access_tokens (
  id IDENTITY_KEY,
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  hash TEXT NOT NULL UNIQUE,
  role BIGINT NOT NULL,
  creation_time BIGINT NOT NULL,
  expiration_time BIGINT
);
CREATE INDEX access_tokens_by_user ON access_tokens (user_id);
CREATE TABLE experiment_permissions (
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  experiment_id BIGINT NOT NULL REFERENCES experiments(id) ON DELETE CASCADE,
  role BIGINT NOT NULL,
  PRIMARY KEY (user_id, experiment_id)
) CLUSTERED;
-- By id: a permission follows a model that is renamed, and goes with one that is deleted, so that another of its name starts without any.
CREATE TABLE registered_model_permissions (
  user_id BIGINT NOT NULL REFERENCES users(id) ON DELETE CASCADE,
  registered_model_id BIGINT NOT NULL REFERENCES registered_models(id) ON DELETE CASCADE,
  role BIGINT NOT NULL,
  PRIMARY KEY (user_id, registered_model_id)
) CLUSTERED;
CREATE INDEX registered_model_permissions_by_model ON registered_model_permissions (registered_model_id);
