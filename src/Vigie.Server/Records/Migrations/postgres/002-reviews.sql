-- The queue of what there is to judge, as SQLite's third step describes it.
CREATE TABLE reviewers (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key bytea NOT NULL,
  name text NOT NULL
);
CREATE INDEX reviewers_by_key ON reviewers (key);

CREATE TABLE review_items (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id bytea NOT NULL,
  day bigint NOT NULL,
  confidence double precision,
  hint bigint,
  reports bigint NOT NULL DEFAULT 0,
  reported bigint NOT NULL DEFAULT 0,
  judged bigint NOT NULL DEFAULT 0,
  disputed bigint NOT NULL DEFAULT 0,
  settled bigint NOT NULL DEFAULT 0
);
CREATE UNIQUE INDEX review_items_by_id ON review_items (id);
CREATE INDEX review_items_by_text ON review_items (confidence, hint) WHERE confidence IS NOT NULL;
CREATE INDEX review_items_by_day ON review_items (day, confidence) WHERE judged = 0 AND reported = 0;
CREATE INDEX review_items_reported ON review_items (reported) WHERE judged = 0 AND reported > 0;
CREATE INDEX review_items_uncertain ON review_items (confidence) WHERE judged = 0 AND reported = 0;
CREATE INDEX review_items_judged ON review_items (day) WHERE judged = 1;
CREATE INDEX review_items_disputed ON review_items (day) WHERE disputed = 1;

CREATE TABLE reviews (
  number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  feedback bytea NOT NULL,
  item bytea NOT NULL,
  reviewer bigint NOT NULL REFERENCES reviewers (number),
  label bigint NOT NULL,
  settles bigint NOT NULL,
  last bigint NOT NULL
);
CREATE UNIQUE INDEX reviews_by_feedback ON reviews (feedback);
CREATE INDEX reviews_by_item ON reviews (item, reviewer);

-- What was reported before this step, each text of its own: hints are for what comes from now on.
INSERT INTO review_items (id, day, confidence, reports, reported)
SELECT p.id, ('x' || substr(encode(p.id, 'hex'), 1, 12))::bit(48)::bigint / 86400000, p.confidence, f.reports, f.reported
FROM (SELECT f.prediction, count(*) AS reports, max(f.at) AS reported FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE f.label <> p.label GROUP BY f.prediction) AS f
JOIN predictions AS p ON p.id = f.prediction WHERE p.text IS NOT NULL AND p.blank = 0;
INSERT INTO review_items (id, day, reports, reported)
SELECT id, ('x' || substr(encode(id, 'hex'), 1, 12))::bit(48)::bigint / 86400000, reports, reported
FROM (SELECT (array_agg(id ORDER BY id))[1] AS id, count(*) AS reports, max(at) AS reported FROM feedback WHERE prediction IS NULL AND text IS NOT NULL AND predicted <> label AND blank = 0 GROUP BY text) AS f;
