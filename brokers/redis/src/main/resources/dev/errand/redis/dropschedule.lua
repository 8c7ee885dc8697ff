-- KEYS[1]: the prefix of all schedules. ARGV: now, name. Answers {1} if it is deleted, {-1} if there is none, {0, firing, version}
-- if its last firing is not finished.
local name, key = ARGV[2], P .. 's:' .. ARGV[2]
local v = redis.call('HMGET', key, 'version', 'firing')
if not v[1] then return {-1} end
if v[2] then return {0, v[2], v[1]} end
redis.call('DEL', key, P .. 'runs:' .. name)
redis.call('SREM', P .. 'names', name)
redis.call('SREM', P .. 'waiting', name)
redis.call('ZREM', P .. 'due', name)
return {1}
