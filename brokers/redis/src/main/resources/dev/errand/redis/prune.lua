-- ARGV: now, age of dead letters (ms), most of them, max. Answers how many ended tasks and how many dead letters went.
local max, ended, dead = tonumber(ARGV[4]), 0, 0
-- Ours to the millisecond, those of asynq's workers by the second.
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'errand:kept', '-inf', NOW, 'LIMIT', 0, max)) do
  redis.call('ZREM', P .. 'errand:kept', id)
  if redis.call('ZREM', P .. 'completed', id) == 1 then
    erase(id)
    ended = ended + 1
  end
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. 'completed', '-inf', math.floor(now / 1000), 'LIMIT', 0, max - ended)) do
  redis.call('ZREM', P .. 'completed', id)
  redis.call('ZREM', P .. 'errand:kept', id)
  erase(id)
  ended = ended + 1
end
local function drop_cancelled(ids)
  for _, id in ipairs(ids) do
    redis.call('ZREM', P .. 'errand:cancelled', id)
    if redis.call('HGET', t(id), 'e:cause') == 'CANCELLED' then
      redis.call('ZREM', P .. 'archived', id)
      erase(id)
      ended = ended + 1
    end
  end
end
if ended < max then
  drop_cancelled(redis.call('ZRANGEBYSCORE', P .. 'errand:cancelled', '-inf', NOW, 'LIMIT', 0, max - ended))
end
local over = redis.call('ZCARD', P .. 'errand:cancelled') - tonumber(ARGV[3])
if over > 0 and ended < max then
  drop_cancelled(redis.call('ZRANGE', P .. 'errand:cancelled', 0, math.min(over, max - ended) - 1))
end
adopt_dead()
local function drop_dead(ids)
  for _, id in ipairs(ids) do
    redis.call('ZREM', P .. 'errand:dead', id)
    local state = redis.call('HGET', t(id), 'state')
    if state == 'archived' or not state then
      free_lock(id)
      redis.call('ZREM', P .. 'archived', id)
      erase(id)
      dead = dead + 1
    end
  end
end
if ended + dead < max then
  drop_dead(redis.call('ZRANGEBYSCORE', P .. 'errand:dead', '-inf', (now - tonumber(ARGV[2])) * 1000, 'LIMIT', 0, max - ended - dead))
end
over = redis.call('ZCARD', P .. 'errand:dead') - tonumber(ARGV[3])
if over > 0 and ended + dead < max then
  drop_dead(redis.call('ZRANGE', P .. 'errand:dead', 0, math.min(over, max - ended - dead) - 1))
end
-- Whoever wanted to store something once has long done it.
redis.call('ZREMRANGEBYSCORE', P .. 'errand:once', '-inf', now - 7 * 86400000)
return {ended, dead}
