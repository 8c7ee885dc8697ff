-- KEYS[1]: the prefix of one type and debounce key. ARGV: now, who, for how long (ms). Answers {1, the open tasks}, or {0} if
-- somebody else holds it.
if not redis.call('SET', P .. 'lock', ARGV[2], 'NX', 'PX', ARGV[3]) then return {0} end
return {1, redis.call('GET', P .. 'open') or ''}
