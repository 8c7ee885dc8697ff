-- ARGV: now, id, msg, e, the msg that was seen. Makes a dead letter ready again; answers whether.
local id = ARGV[2]
if redis.call('EXISTS', t(id)) == 0 then
  if not trimmed(id) then return 0 end
  redis.call('COPY', mirror(id), t(id))
end
local v = redis.call('HMGET', t(id), 'state', 'e:cause', 'msg')
if v[1] ~= 'archived' or v[2] == 'CANCELLED' or v[3] ~= ARGV[5] then return 0 end
leave(id, 'archived')
redis.call('DEL', mirror(id))
redis.call('HSET', t(id), 'msg', ARGV[3], 'e', ARGV[4])
redis.call('HDEL', t(id), 'e:cause', 'e:why', 'e:end', 'e:cxl', 'result', 'e:rct')
ready(id, false)
return 1
