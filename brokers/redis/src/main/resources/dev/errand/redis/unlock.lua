-- KEYS[1]: the prefix of one type and debounce key. ARGV: now, who, the open tasks or '', how long to remember them (ms), '1' to
-- unlock. Answers whether the lock was still held.
if redis.call('GET', P .. 'lock') ~= ARGV[2] then return 0 end
if ARGV[5] == '1' then redis.call('DEL', P .. 'lock') end
if ARGV[3] == '' then redis.call('DEL', P .. 'open') else redis.call('SET', P .. 'open', ARGV[3], 'PX', ARGV[4]) end
return 1
