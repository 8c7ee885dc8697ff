-- ARGV: now, id, the move's name, order, due (ms; '': ready), asynq's lock or '', its TTL (s), then the fields and values of the
-- task. Answers 1 if it is here, or has been before, and 0 if another task has its id.
local id = ARGV[2]
if redis.call('ZSCORE', P .. 'errand:once', ARGV[3]) then return 1 end
if redis.call('EXISTS', t(id)) == 1 or trimmed(id) then return 0 end
redis.call('ZADD', P .. 'errand:once', NOW, ARGV[3])
for i = 8, #ARGV, 2 do redis.call('HSET', t(id), ARGV[i], ARGV[i + 1]) end
if ARGV[6] ~= '' and redis.call('SET', ARGV[6], id, 'NX', 'EX', ARGV[7]) then redis.call('HSET', t(id), 'unique_key', ARGV[6]) end
redis.call('ZADD', P .. 'errand:all', ARGV[4], id)
if ARGV[5] == '' then
  redis.call('HDEL', t(id), 'e:why')
  ready(id, false)
else
  local v = redis.call('HMGET', t(id), 'e:run', 'state')
  later(id, (v[1] or v[2] == 'retry') and 'retry' or 'scheduled', ARGV[5])
  tell_due()
end
return 1
