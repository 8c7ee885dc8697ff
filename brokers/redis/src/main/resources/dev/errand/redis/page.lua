-- ARGV: now, highest score, how many. Answers id and score of the queue's tasks, newest first; ids whose task is gone are
-- forgotten on the way.
local members = redis.call('ZREVRANGEBYSCORE', P .. 'errand:all', ARGV[2], '-inf', 'WITHSCORES', 'LIMIT', 0, ARGV[3])
local found = {#members / 2}
for i = 1, #members, 2 do
  local id = members[i]
  if redis.call('EXISTS', t(id)) == 1 or trimmed(id) then
    found[#found + 1] = id
    found[#found + 1] = members[i + 1]
  else
    redis.call('ZREM', P .. 'errand:all', id)
  end
end
return found
