-- Figures by the minute (of the predictions' ids, since the epoch), kept in the transaction that takes the rows over: counting ten million rows would take seconds.
-- Whoever reads them again and again asks for what has a greater number of change than what it knows. The era is another one in every database.
CREATE TABLE changes (
  only INTEGER PRIMARY KEY CHECK (only = 1),
  last INTEGER NOT NULL,
  era INTEGER NOT NULL
) STRICT;
INSERT INTO changes (only, last, era) VALUES (1, 1, random());

-- What models answered: predictions by label, sums over them, a histogram of latencies (LatencyHistogram), and the newest one's time in milliseconds.
CREATE TABLE figures (
  number INTEGER PRIMARY KEY,
  minute INTEGER NOT NULL,
  model INTEGER NOT NULL REFERENCES models (id),
  part INTEGER NOT NULL,
  negative INTEGER NOT NULL,
  neutral INTEGER NOT NULL,
  positive INTEGER NOT NULL,
  confidence REAL NOT NULL,
  unknown_share REAL NOT NULL,
  length INTEGER NOT NULL,
  latencies BLOB NOT NULL,
  newest INTEGER NOT NULL,
  change INTEGER NOT NULL
) STRICT;
INSERT INTO figures (minute, model, part, negative, neutral, positive, confidence, unknown_share, length, latencies, newest, change)
SELECT minute_of(id) AS minute, model, part, sum(label = 0), sum(label = 1), sum(label = 2), sum(confidence), sum(unknown_share), sum(length), histogram_of(latency_us), max(millisecond_of(id)), 1
FROM predictions GROUP BY 1, 2, 3 HAVING minute >= (SELECT min(minute) FROM activity);
CREATE UNIQUE INDEX figures_by_minute ON figures (minute, model, part);
CREATE INDEX figures_by_change ON figures (change);
DROP TABLE activity;

-- What the last correction of each prediction says of it, by the prediction's minute. Model 0: corrections that came with a text, by their own minute.
CREATE TABLE judgements (
  number INTEGER PRIMARY KEY,
  minute INTEGER NOT NULL,
  model INTEGER NOT NULL,
  part INTEGER NOT NULL,
  predicted INTEGER NOT NULL,
  truth INTEGER NOT NULL,
  count INTEGER NOT NULL,
  change INTEGER NOT NULL
) STRICT;
INSERT INTO judgements (minute, model, part, predicted, truth, count, change)
SELECT minute_of(p.id), p.model, p.part, p.label, f.label, count(*), 1
FROM (SELECT prediction, label, max(id) FROM feedback WHERE prediction IS NOT NULL GROUP BY prediction) AS f JOIN predictions AS p ON p.id = f.prediction
GROUP BY 1, 2, 3, 4, 5
UNION ALL
SELECT minute_of(id), 0, 0, predicted, label, count(*), 1 FROM feedback WHERE prediction IS NULL AND predicted IS NOT NULL GROUP BY 1, 4, 5;
CREATE UNIQUE INDEX judgements_by_minute ON judgements (minute, model, part, predicted, truth);
CREATE INDEX judgements_by_change ON judgements (change);

-- Requests to the prediction API by the minute in which they ended. A server counts each minute under a number of its own and tells its counts again and again, the greater ones later.
CREATE TABLE traffic (
  number INTEGER PRIMARY KEY,
  id BLOB NOT NULL,
  minute INTEGER NOT NULL,
  succeeded INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  failed INTEGER NOT NULL,
  change INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX traffic_by_id ON traffic (id);
CREATE INDEX traffic_by_minute ON traffic (minute);
CREATE INDEX traffic_by_change ON traffic (change);
