-- Those who judge predictions: their names, which feedback has as keys only. key is as feedback.reporter; both are written over where somebody is forgotten.
CREATE TABLE reviewers (
  number INTEGER PRIMARY KEY,
  key BLOB NOT NULL,
  name TEXT NOT NULL
) STRICT;
CREATE INDEX reviewers_by_key ON reviewers (key);

-- What there is to judge: predictions that were reported wrong, the least certain of each day, and whatever was judged. id: of the prediction, or of the first correction that brought a text.
-- day: of the id, since the epoch. reported: when it was last reported wrong, in milliseconds; 0 for never. judged: by how many. A text is here once: one that the same model is asked about again has the
-- same confidence to the last bit, and hint, 12 bits of its hash, tells apart what shares a confidence by chance; so few bits that they tell nobody what was written.
CREATE TABLE review_items (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  day INTEGER NOT NULL,
  confidence REAL,
  hint INTEGER,
  reports INTEGER NOT NULL DEFAULT 0,
  reported INTEGER NOT NULL DEFAULT 0,
  judged INTEGER NOT NULL DEFAULT 0,
  disputed INTEGER NOT NULL DEFAULT 0,
  settled INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX review_items_by_id ON review_items (id);
CREATE INDEX review_items_by_text ON review_items (confidence, hint) WHERE confidence IS NOT NULL;
CREATE INDEX review_items_by_day ON review_items (day, confidence) WHERE judged = 0 AND reported = 0;
CREATE INDEX review_items_reported ON review_items (reported) WHERE judged = 0 AND reported > 0;
CREATE INDEX review_items_uncertain ON review_items (confidence) WHERE judged = 0 AND reported = 0;
CREATE INDEX review_items_judged ON review_items (day) WHERE judged = 1;
CREATE INDEX review_items_disputed ON review_items (day) WHERE disputed = 1;

-- Judgements: corrections by reviewers. settles: it ends a disagreement of others. last: 1 for a reviewer's last word on an item, of either kind.
CREATE TABLE reviews (
  number INTEGER PRIMARY KEY,
  feedback BLOB NOT NULL,
  item BLOB NOT NULL,
  reviewer INTEGER NOT NULL REFERENCES reviewers (number),
  label INTEGER NOT NULL,
  settles INTEGER NOT NULL,
  last INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX reviews_by_feedback ON reviews (feedback);
CREATE INDEX reviews_by_item ON reviews (item, reviewer);

-- What was reported before this step. The least certain are gathered from now on.
INSERT INTO review_items (id, day, confidence, hint, reports, reported)
SELECT p.id, millisecond_of(p.id) / 86400000, p.confidence, hint_of(p.text), f.reports, f.reported
FROM (SELECT f.prediction, count(*) AS reports, max(f.at) AS reported FROM feedback AS f JOIN predictions AS p ON p.id = f.prediction WHERE f.label <> p.label GROUP BY f.prediction) AS f
JOIN predictions AS p ON p.id = f.prediction WHERE p.text IS NOT NULL AND p.blank = 0
GROUP BY p.confidence, p.text;
INSERT INTO review_items (id, day, reports, reported)
SELECT min(id), millisecond_of(min(id)) / 86400000, count(*), max(at) FROM feedback WHERE prediction IS NULL AND text IS NOT NULL AND predicted <> label AND blank = 0 GROUP BY text;
