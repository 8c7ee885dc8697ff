-- KEYS[1]: the record of one type and key; ARGV: now, what it must be ('' for none), what it is to be ('' for none), TTL (ms).
-- Answers what it is now.
local is = redis.call('GET', KEYS[1]) or ''
if is ~= ARGV[2] then return is end
if ARGV[3] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
return ARGV[3]
