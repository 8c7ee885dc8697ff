-- KEYS[1]: the prefix of all schedules. ARGV: now, name, expected version (0: none), record, due (ms; '': never, or paused),
-- '1' if due times wait, a firing that has tasks to store or '', then runs for the history.
-- Answers {version} if it is stored, {-1} if another version is there, {0, firing, version} if the last one is not finished.
local name, key = ARGV[2], P .. 's:' .. ARGV[2]
local v = redis.call('HMGET', key, 'version', 'firing', 'due')
if (v[1] or '0') ~= ARGV[3] then return {-1} end
if v[2] then return {0, v[2], v[1]} end
local version = redis.call('INCR', P .. 'version')
redis.call('HSET', key, 'version', version, 'record', ARGV[4], 'due', ARGV[5])
redis.call('SADD', P .. 'names', name)
if ARGV[5] == '' then redis.call('ZREM', P .. 'due', name) else redis.call('ZADD', P .. 'due', ARGV[5], name) end
redis.call(ARGV[6] == '1' and 'SADD' or 'SREM', P .. 'waiting', name)
local put = #ARGV == 7
if ARGV[7] ~= '' then
  put = false
  redis.call('HSET', key, 'firing', ARGV[7])
  redis.call('SADD', P .. 'firing', name)
end
for i = 8, #ARGV do redis.call('LPUSH', P .. 'runs:' .. name, ARGV[i]) end
redis.call('LTRIM', P .. 'runs:' .. name, 0, 99)
local sooner = ARGV[5] ~= '' and (not v[3] or v[3] == '' or tonumber(ARGV[5]) < tonumber(v[3]))
if put or sooner then redis.call('PUBLISH', 'asynq:errand:schedules', '') end
return {version}
