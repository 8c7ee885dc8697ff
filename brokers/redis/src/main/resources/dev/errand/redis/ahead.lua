-- ARGV: now, id. Answers how many are to be taken before this one, or -1 if it is not ready.
if redis.call('HGET', t(ARGV[2]), 'state') ~= 'pending' then return -1 end
local place = redis.call('LPOS', P .. 'pending', ARGV[2], 'RANK', -1)
return place and redis.call('LLEN', P .. 'pending') - 1 - place or -1
