-- ARGV: now, id. Makes a scheduled or retried task ready; answers whether.
local id = ARGV[2]
local state = redis.call('HGET', t(id), 'state')
if state ~= 'scheduled' and state ~= 'retry' then return 0 end
leave(id, state)
ready(id, false)
return 1
