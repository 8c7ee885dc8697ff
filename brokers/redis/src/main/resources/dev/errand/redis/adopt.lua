-- ARGV: now, container, offset, how many. Tasks that asynq's clients stored join our list of all; answers how many there were
-- to look at, or 0 without a look if nothing can be missing.
local container, from = ARGV[2], tonumber(ARGV[3])
if container == '' then
  local listed = redis.call('LLEN', P .. 'pending') + redis.call('LLEN', P .. 'active')
  for _, name in ipairs({'scheduled', 'retry', 'archived', 'completed'}) do
    listed = listed + redis.call('ZCARD', P .. name)
  end
  return listed == redis.call('ZCARD', P .. 'errand:all') and 0 or 1
end
local is_list = container == 'pending' or container == 'active'
local ids = redis.call(is_list and 'LRANGE' or 'ZRANGE', P .. container, from, from + tonumber(ARGV[4]) - 1)
for _, id in ipairs(ids) do
  local since = redis.call('HGET', t(id), 'pending_since')
  redis.call('ZADD', P .. 'errand:all', 'NX', since and tonumber(since) / 1000 or now * 1000, id)
end
return #ids
