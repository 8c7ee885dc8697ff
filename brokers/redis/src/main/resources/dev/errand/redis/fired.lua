-- KEYS[1]: the prefix of all schedules. ARGV: now, name, version, time of the last task (ms) or '', then runs for the history.
-- The tasks of a firing are stored: writes down what became of them. Answers whether nobody else has.
local name, key = ARGV[2], P .. 's:' .. ARGV[2]
local v = redis.call('HMGET', key, 'version', 'firing')
if v[1] ~= ARGV[3] or not v[2] then return 0 end
redis.call('HDEL', key, 'firing')
redis.call('SREM', P .. 'firing', name)
if ARGV[4] ~= '' then redis.call('HSET', key, 'last', ARGV[4]) end
for i = 5, #ARGV do redis.call('LPUSH', P .. 'runs:' .. name, ARGV[i]) end
redis.call('LTRIM', P .. 'runs:' .. name, 0, 99)
return 1
