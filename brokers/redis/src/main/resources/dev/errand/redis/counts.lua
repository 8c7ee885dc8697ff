-- Answers: pending, active, scheduled, retry, completed, dead, cancelled, aggregating.
adopt_dead()
-- Somebody may have deleted dead letters with asynq's tools.
local archived = redis.call('ZCARD', P .. 'archived')
if archived < 9000 and redis.call('ZCARD', P .. 'errand:dead') > archived then
  for _, id in ipairs(redis.call('ZRANGE', P .. 'errand:dead', 0, 499)) do
    if redis.call('EXISTS', t(id)) == 0 and not trimmed(id) then redis.call('ZREM', P .. 'errand:dead', id) end
  end
end
local waiting = 0
for _, group in ipairs(redis.call('SMEMBERS', P .. 'groups')) do
  waiting = waiting + redis.call('ZCARD', P .. 'g:' .. group)
end
return {redis.call('LLEN', P .. 'pending'), redis.call('LLEN', P .. 'active'), redis.call('ZCARD', P .. 'scheduled'),
  redis.call('ZCARD', P .. 'retry'), redis.call('ZCARD', P .. 'completed'), redis.call('ZCARD', P .. 'errand:dead'),
  redis.call('ZCARD', P .. 'errand:cancelled'), waiting}
