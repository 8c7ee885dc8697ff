-- ARGV: now, a name or '', then items of 8: id, msg, e, order, due (ms; 0: now), lock (or ''), lock TTL (s), former holder of the lock (or '').
-- Answers for each: 1; 2 if it was stored before under this name, and may have ended since; {0, msg, e} of the task that has the
-- id; or {-1, holder of the lock}.
local answers, ids, all = {}, {}, {}
local once = ARGV[2]
for i = 3, #ARGV, 8 do
  local id, lock = ARGV[i], ARGV[i + 5]
  local answer = nil
  if once ~= '' and redis.call('ZSCORE', P .. 'errand:once', once .. ':' .. id) then answer = 2 end
  if not answer and redis.call('EXISTS', t(id), mirror(id)) > 0 then
    local v = redis.call('HMGET', t(id), 'msg', 'e')
    if not v[1] then v = redis.call('HMGET', mirror(id), 'msg', 'e') end
    if v[1] then answer = {0, v[1], v[2] or ''} else redis.call('DEL', t(id)) end
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
    if ARGV[i + 4] == '0' then
      redis.call('HSET', t(id), 'msg', ARGV[i + 1], 'state', 'pending', 'pending_since', NOW .. '000000', 'e', ARGV[i + 2])
      ids[#ids + 1] = id
    else
      redis.call('HSET', t(id), 'msg', ARGV[i + 1], 'e', ARGV[i + 2])
      later(id, 'scheduled', ARGV[i + 4])
    end
    if lock ~= '' then redis.call('HSET', t(id), 'unique_key', lock) end
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
