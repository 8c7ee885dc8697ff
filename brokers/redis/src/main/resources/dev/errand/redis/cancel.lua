-- ARGV: now, id, keep (ms), reason. Answers 0 unknown, 1 cancelled, 2 asked for, 3 ended.
local id = ARGV[2]
local v = redis.call('HMGET', t(id), 'state', 'msg', 'e:awt')
if not v[1] or not v[2] then return trimmed(id) and 3 or 0 end
if v[1] == 'archived' or v[1] == 'completed' then return 3 end
if v[1] == 'active' then
  redis.call('HSET', t(id), 'e:cxl', ARGV[3] .. '\n' .. ARGV[4])
  redis.call('PUBLISH', 'asynq:cancel', id)
  return 2
end
leave(id, v[1])
cancel(id, ARGV[3], ARGV[4], v[3])
return 1
