-- ARGV: now, id. Whoever ends the task publishes it.
local id = ARGV[2]
if redis.call('HEXISTS', t(id), 'msg') == 0 then return 0 end
redis.call('HSET', t(id), 'e:awt', '1')
return 1
