-- Version 2: subscriptions to events. Their copies are rows of task, in the queue 'sub:' || name.

CREATE TABLE subscription (
  name TEXT PRIMARY KEY,
  created INTEGER NOT NULL,
  seen INTEGER NOT NULL          -- when it was last subscribed to
) STRICT, WITHOUT ROWID;

CREATE TABLE subscription_pattern (
  subscription TEXT NOT NULL,
  pattern TEXT NOT NULL,
  PRIMARY KEY (subscription, pattern)
) STRICT, WITHOUT ROWID;
