-- ARGV: now, max. Deletes tasks of the queue that do not run; answers how many. Once there are none left, its pause goes, too.
local left, gone = tonumber(ARGV[2]), 0
local function drop(id)
  local awaited = redis.call('HGET', t(id), 'e:awt')
  free_lock(id)
  erase(id)
  tell_ended(id, awaited)
  gone = gone + 1
end
local ready = redis.call('LRANGE', P .. 'pending', 0, left - 1)
redis.call('LTRIM', P .. 'pending', #ready, -1)
for _, id in ipairs(ready) do drop(id) end
for _, state in ipairs({'scheduled', 'retry', 'archived', 'completed', 'errand:dead'}) do
  if gone < left then
    for _, id in ipairs(redis.call('ZRANGE', P .. state, 0, left - gone - 1)) do
      leave(id, state)
      drop(id)
    end
  end
end
if gone == 0 then redis.call('DEL', P .. 'paused') end
return gone
