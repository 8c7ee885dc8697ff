-- ARGV: now, id, the msg and e that were seen, the new msg and e, due (ms; '': ready), whether another enqueue takes its place
-- ('1' or ''), the enqueues that have replaced it. Changes a task that waits, if it is as it was seen; answers whether. One that
-- is ready and stays so keeps its place.
local id, due = ARGV[2], ARGV[7]
local v = redis.call('HMGET', t(id), 'state', 'msg', 'e', 'e:run')
if not waits(v[1]) or v[2] ~= ARGV[3] or (v[3] or '') ~= ARGV[4] then return 0 end
redis.call('HSET', t(id), 'msg', ARGV[5], 'e', ARGV[6])
if ARGV[8] == '1' then start_anew(id, ARGV[9]) end
if due ~= '' then
  leave(id, v[1])
  redis.call('HDEL', t(id), 'pending_since')
  later(id, (v[4] or v[1] == 'retry') and 'retry' or 'scheduled', due)
  tell_due()
elseif v[1] ~= 'pending' then
  leave(id, v[1])
  redis.call('HDEL', t(id), 'e:why')
  ready(id, false)
end
return 1
