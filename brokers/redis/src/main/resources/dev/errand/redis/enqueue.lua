-- ARGV: now, a name or '', how many values an item has, then items: id, msg, e, order; of 8 values also due (ms; 0: now), lock
-- (or ''), lock TTL (s), former holder of the lock (or '').
-- Answers for each: 1; 2 if it was stored before under this name, and may have ended since; {0, msg, e} of the task that has the
-- id; or {-1, holder of the lock}.
local answers, ids, all, keys = {}, {}, {}, {}
local once, size = ARGV[2], tonumber(ARGV[3])
for i = 4, #ARGV, size do
  keys[#keys + 1] = t(ARGV[i])
  keys[#keys + 1] = mirror(ARGV[i])
end
-- Ids are mostly new; then one look tells it of all.
local known = redis.call('EXISTS', unpack(keys)) > 0
local since = NOW .. '000000'
for i = 4, #ARGV, size do
  local id, key, due, lock = ARGV[i], t(ARGV[i]), '0', ''
  if size == 8 then due, lock = ARGV[i + 4], ARGV[i + 5] end
  local answer = nil
  if once ~= '' and redis.call('ZSCORE', P .. 'errand:once', once .. ':' .. id) then answer = 2 end
  if not answer and known and redis.call('EXISTS', key, mirror(id)) > 0 then
    local v = redis.call('HMGET', key, 'msg', 'e')
    if not v[1] and trimmed(id) then v = redis.call('HMGET', mirror(id), 'msg', 'e') end
    if v[1] then answer = {0, v[1], v[2] or ''} else redis.call('DEL', key) end
  end
  if not answer and lock ~= '' then
    local holder = redis.call('GET', lock)
    if holder and holder ~= id and holder ~= ARGV[i + 7] then
      answer = {-1, holder}
    else
      redis.call('SET', lock, id, 'EX', ARGV[i + 6])
    end
  end
  if not answer then
    if due == '0' then
      redis.call('HSET', key, 'msg', ARGV[i + 1], 'state', 'pending', 'pending_since', since, 'e', ARGV[i + 2])
      ids[#ids + 1] = id
    else
      redis.call('HSET', key, 'msg', ARGV[i + 1], 'e', ARGV[i + 2])
      later(id, 'scheduled', due)
    end
    if lock ~= '' then redis.call('HSET', key, 'unique_key', lock) end
    all[#all + 1] = ARGV[i + 3]
    all[#all + 1] = id
    if once ~= '' then redis.call('ZADD', P .. 'errand:once', NOW, once .. ':' .. id) end
    answer = 1
  end
  answers[#answers + 1] = answer
end
if #all > 0 then redis.call('ZADD', P .. 'errand:all', unpack(all)) end
if #ids > 0 then redis.call('LPUSH', P .. 'pending', unpack(ids)) end
tell_due()
return answers
