-- ARGV: now, max. Answers how many tasks became ready (or joined their group), and when the next one is due (ms, or '').
local max, moved = tonumber(ARGV[2]), 0
local pushed = {}
local function move(id)
  local key = t(id)
  local v = redis.call('HMGET', key, 'group', 'e:cxl', 'msg', 'e:awt')
  if not v[3] then
    redis.call('DEL', key)
  elseif v[2] then
    cancel_as_asked(id, v[2], v[4])
  elseif v[1] and v[1] ~= '' then
    redis.call('ZADD', P .. 'g:' .. v[1], math.floor(now / 1000), id)
    redis.call('SADD', P .. 'groups', v[1])
    redis.call('HSET', key, 'state', 'aggregating')
  else
    redis.call('HSET', key, 'state', 'pending', 'pending_since', NOW .. '000000')
    redis.call('HDEL', key, 'e:due')
    pushed[#pushed + 1] = id
  end
  moved = moved + 1
end
local ids = redis.call('ZRANGEBYSCORE', P .. 'errand:due', '-inf', NOW, 'LIMIT', 0, max)
if #ids > 0 then
  local waits = {}
  for _, container in ipairs({'scheduled', 'retry'}) do
    local scores, there = redis.call('ZMSCORE', P .. container, unpack(ids)), {}
    for i, id in ipairs(ids) do
      if scores[i] then
        there[#there + 1] = id
        waits[id] = true
      end
    end
    if #there > 0 then redis.call('ZREM', P .. container, unpack(there)) end
  end
  for _, id in ipairs(ids) do
    if waits[id] then move(id) end
  end
  redis.call('ZREM', P .. 'errand:due', unpack(ids))
end
-- Those of asynq's clients and workers are in its own sets alone.
for _, container in ipairs({'scheduled', 'retry'}) do
  if moved < max then
    for _, id in ipairs(redis.call('ZRANGEBYSCORE', P .. container, '-inf', math.floor(now / 1000), 'LIMIT', 0, max - moved)) do
      redis.call('ZREM', P .. container, id)
      redis.call('ZREM', P .. 'errand:due', id)
      move(id)
    end
  end
end
if #pushed > 0 then redis.call('LPUSH', P .. 'pending', unpack(pushed)) end
local next_due = tonumber(redis.call('ZRANGE', P .. 'errand:due', 0, 0, 'WITHSCORES')[2] or 'inf')
for _, container in ipairs({'scheduled', 'retry'}) do
  local first = redis.call('ZRANGE', P .. container, 0, 0, 'WITHSCORES')
  if first[2] and not redis.call('ZSCORE', P .. 'errand:due', first[1]) then
    next_due = math.min(next_due, tonumber(first[2]) * 1000)
  end
end
return {moved, next_due == math.huge and '' or string.format('%.0f', next_due)}
