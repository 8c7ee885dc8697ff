-- Version 1: tasks, unique keys, schedules, workers and listeners. Times are milliseconds since 1970, durations milliseconds.
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
  kept INTEGER NOT NULL DEFAULT 0, -- 1: it has rows in step, progress or task_line
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
  debounce TEXT,                 -- the key under which a later enqueue replaces it while it waits
  debounce_latest INTEGER,       -- until when that may postpone it
  replaced_by TEXT,              -- JSON array: the latest enqueues that have
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

-- What attempts keep with their task; goes with it.
CREATE TABLE step (
  seq INTEGER NOT NULL,
  name TEXT NOT NULL,
  content_type TEXT NOT NULL,
  version INTEGER NOT NULL,
  result BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX step_name ON step (seq, name);

CREATE TABLE progress (
  seq INTEGER PRIMARY KEY,
  fraction REAL NOT NULL,
  text TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

CREATE TABLE task_line (
  seq INTEGER NOT NULL,
  run INTEGER NOT NULL,          -- the attempt token's number
  number INTEGER NOT NULL,       -- within the run
  at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (seq, run, number)
) STRICT, WITHOUT ROWID;

-- The debounced tasks that wait or run; of one type and key at most one waits. Not an index of the task table, which all
-- tasks would pay for.
CREATE TABLE debounced (
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  seq INTEGER NOT NULL,
  PRIMARY KEY (type, key, seq)
) STRICT, WITHOUT ROWID;

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

CREATE TABLE schedule (
  name TEXT PRIMARY KEY,
  version INTEGER NOT NULL,      -- unique among all changes, from counter.line
  definition TEXT NOT NULL,      -- a line for each field
  handled INTEGER NOT NULL,      -- due times up to this one are dealt with
  due INTEGER,                   -- when it fires next
  waiting TEXT,                  -- JSON array: due times that wait for the last task's end
  paused INTEGER NOT NULL,       -- 0 or 1
  last_task TEXT,
  declared TEXT,                 -- the fingerprint of the code's declaration
  seen INTEGER,                  -- when a worker last declared it
  content_type TEXT NOT NULL,
  payload_version INTEGER NOT NULL,
  payload BLOB NOT NULL
) STRICT;

CREATE INDEX schedule_due ON schedule (due) WHERE paused = 0 AND due IS NOT NULL;
CREATE INDEX schedule_waiting ON schedule (name) WHERE paused = 0 AND waiting IS NOT NULL;

CREATE TABLE schedule_run (
  seq INTEGER PRIMARY KEY,       -- in the order of handling
  schedule TEXT NOT NULL,
  due INTEGER NOT NULL,
  fired INTEGER NOT NULL,
  result TEXT NOT NULL,
  task TEXT
) STRICT;

CREATE INDEX schedule_run_of ON schedule_run (schedule, seq);

CREATE TABLE queue (
  name TEXT PRIMARY KEY,
  paused INTEGER                 -- since when nobody takes from it; null: it is not paused
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
  wants INTEGER NOT NULL         -- bits: 1 ready, 2 ended, 4 cancel, 8 due, 16 schedules
) STRICT;

CREATE TABLE counter (
  one INTEGER PRIMARY KEY CHECK (one = 1),
  line INTEGER NOT NULL,         -- the newest seq and the last ord
  front INTEGER NOT NULL,        -- the newest ord at the front
  slot INTEGER NOT NULL          -- the newest slot
) STRICT;

INSERT INTO counter (one, line, front, slot) VALUES (1, 0, 1, 0);
