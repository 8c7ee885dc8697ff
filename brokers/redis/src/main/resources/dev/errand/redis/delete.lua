-- ARGV: now, id, the only state or ''. Deletes a task that does not run; answers whether.
local id = ARGV[2]
local v = redis.call('HMGET', t(id), 'state', 'e:awt', 'e:cause')
local state = v[1] or (trimmed(id) and 'archived')
if not state or state == 'active' then return 0 end
if ARGV[3] ~= '' and (state ~= ARGV[3] or v[3] == 'CANCELLED') then return 0 end
leave(id, state)
free_lock(id)
erase(id)
tell_ended(id, v[2])
return 1
