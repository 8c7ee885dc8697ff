-- Answers: pending, active, scheduled, retry, completed, dead, cancelled, aggregating.
adopt_dead()
local waiting = 0
for _, group in ipairs(redis.call('SMEMBERS', P .. 'groups')) do
  waiting = waiting + redis.call('ZCARD', P .. 'g:' .. group)
end
return {redis.call('LLEN', P .. 'pending'), redis.call('LLEN', P .. 'active'), redis.call('ZCARD', P .. 'scheduled'),
  redis.call('ZCARD', P .. 'retry'), redis.call('ZCARD', P .. 'completed'), redis.call('ZCARD', P .. 'errand:dead'),
  redis.call('ZCARD', P .. 'errand:cancelled'), waiting}
