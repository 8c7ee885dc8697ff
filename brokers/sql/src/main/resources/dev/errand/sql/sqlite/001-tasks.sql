-- Version 1: tasks, unique keys, workers and listeners. Times are milliseconds since 1970, durations milliseconds.
-- State: 1 pending, 2 active, 3 scheduled, 4 retry, 5 waiting, 6 completed, 7 dead, 8 cancelled.

CREATE TABLE task (
  seq INTEGER PRIMARY KEY,       -- in the order of enqueueing
  state INTEGER NOT NULL,
  ord INTEGER NOT NULL,          -- the place in line; above 0: in the order of becoming ready; else given back, to the front
  priority INTEGER NOT NULL,
  queue TEXT NOT NULL,
  type TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE,
  attempt INTEGER NOT NULL,      -- the newest take's number; with the nonce, the attempt token
  nonce INTEGER NOT NULL,
  worker INTEGER,                -- who holds it: worker.slot; only while active
  lease INTEGER,                 -- until when; means something only while active
  due INTEGER,                   -- only while scheduled or retry
  ready INTEGER,                 -- since when it has been ready
  started INTEGER,
  created INTEGER NOT NULL,
  not_before INTEGER,
  deadline INTEGER,
  attempts INTEGER NOT NULL,
  crashes INTEGER NOT NULL,
  max_attempts INTEGER NOT NULL,
  timeout INTEGER NOT NULL,
  retention INTEGER NOT NULL,
  explicit INTEGER NOT NULL,     -- bits: 1 max_attempts, 2 timeout, 4 retention
  cancel_reason TEXT,            -- set while somebody asks for a running task's end
  cancel_retention INTEGER,
  unique_key TEXT,
  unique_ttl INTEGER,
  partition_key TEXT,
  parent TEXT,
  workflow TEXT,
  ended INTEGER,
  expires INTEGER,               -- completed and cancelled tasks: when they are deleted
  cause TEXT,
  reason TEXT,
  result_type TEXT,
  result_version INTEGER,
  content_type TEXT NOT NULL,
  version INTEGER NOT NULL,
  size INTEGER NOT NULL,         -- of the payload
  headers TEXT,                  -- JSON object
  extensions TEXT,               -- JSON object
  errors TEXT,                   -- JSON array
  payload BLOB,                  -- null: in large_payload
  result BLOB
) STRICT;

CREATE INDEX task_ready ON task (queue, priority DESC, ord) WHERE state = 1;
-- For workers that have no room for some types: they pass over those however many there are.
CREATE INDEX task_ready_type ON task (queue, type, priority DESC, ord) WHERE state = 1;
CREATE INDEX task_active ON task (worker, lease, queue, type) WHERE state = 2;
CREATE INDEX task_due ON task (due) WHERE due IS NOT NULL;
CREATE INDEX task_shelf ON task (state, queue, seq, type) WHERE state > 2;
CREATE INDEX task_expires ON task (expires) WHERE expires IS NOT NULL;
CREATE INDEX task_ended ON task (state, queue, ended) WHERE state > 6;

-- Payloads too large to be rewritten with every change of state.
CREATE TABLE large_payload (
  seq INTEGER PRIMARY KEY,
  bytes BLOB NOT NULL
) STRICT;

-- Who holds a unique key; outlives its task until the time to live has passed.
CREATE TABLE unique_key (
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  task TEXT NOT NULL,
  until INTEGER NOT NULL,
  open INTEGER NOT NULL,         -- 1 until its task has ended
  PRIMARY KEY (type, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX unique_key_over ON unique_key (until) WHERE open = 0;

CREATE TABLE queue (
  name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- One row for each open intake. It lives as long as its slot, a byte of the side file, is locked.
CREATE TABLE worker (
  slot INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  lock_file TEXT NOT NULL,       -- the identity of the side file that the slot is a byte of
  process TEXT NOT NULL,         -- a random name of the JVM
  seen INTEGER NOT NULL,
  lease INTEGER NOT NULL,        -- how long its leases last
  spec TEXT NOT NULL             -- JSON object
) STRICT;

-- Where a process wants to be woken.
CREATE TABLE listener (
  slot INTEGER PRIMARY KEY,
  lock_file TEXT NOT NULL,
  address TEXT NOT NULL,         -- the path of a Unix domain socket
  wants INTEGER NOT NULL         -- bits: 1 ready, 2 ended, 4 cancel, 8 due
) STRICT;

CREATE TABLE counter (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  line INTEGER NOT NULL,         -- the newest seq and the last ord
  front INTEGER NOT NULL,        -- the newest ord at the front
  slot INTEGER NOT NULL          -- the newest slot
) STRICT;

INSERT INTO counter (one, line, front, slot) VALUES (1, 0, 1, 0);
