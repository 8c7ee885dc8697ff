-- ARGV: as rewrite.lua, then the queue to move to, and a name for this move. The task leaves its queue: it rests under a key of
-- ours until it has arrived in the other one, which is in another slot. Answers whether it was as it was seen.
local id = ARGV[2]
local v = redis.call('HMGET', t(id), 'state', 'msg', 'e', 'e:run')
if not waits(v[1]) or v[2] ~= ARGV[3] or (v[3] or '') ~= ARGV[4] then return 0 end
if ARGV[8] == '1' then start_anew(id, ARGV[9]) end
local order = redis.call('ZSCORE', P .. 'errand:all', id) or (now * 1000)
free_lock(id)
leave(id, v[1])
redis.call('ZREM', P .. 'errand:all', id)
redis.call('RENAME', t(id), P .. 'errand:m:' .. id)
redis.call('HDEL', P .. 'errand:m:' .. id, 'pending_since', 'unique_key', 'e:due')
redis.call('HSET', P .. 'errand:m:' .. id, 'msg', ARGV[5], 'e', ARGV[6], 'e:m:due', ARGV[7], 'e:m:to', ARGV[10], 'e:m:name', ARGV[11],
  'e:m:order', order)
redis.call('ZADD', P .. 'errand:moving', NOW, id)
return 1
