-- ARGV: now, max. Answers items of 6: id, run ('' for an asynq worker's), worker, score, msg, e; of leases that ran out. An
-- asynq worker's lease is left alone for another 30 s, as asynq does.
local found = {}
local members = redis.call('ZRANGEBYSCORE', P .. 'lease', '-inf', ceil_seconds(NOW), 'WITHSCORES', 'LIMIT', 0, ARGV[2])
for i = 1, #members, 2 do
  local id, score = members[i], members[i + 1]
  local v = redis.call('HMGET', t(id), 'e:run', 'e:lea', 'e:wrk', 'msg', 'e', 'state')
  local ours = v[1] and v[2] and ceil_seconds(v[2]) == tonumber(score)
  if not v[4] or v[6] ~= 'active' then
    if tonumber(score) <= now / 1000 - 30 then
      unhand({id})
      if not v[4] then erase(id) end
    end
  elseif ours and tonumber(v[2]) <= now then
    for _, x in ipairs({id, v[1], v[3] or '', score, v[4], v[5] or ''}) do found[#found + 1] = x end
  elseif not ours and tonumber(score) <= now / 1000 - 30 then
    for _, x in ipairs({id, '', '', score, v[4], v[5] or ''}) do found[#found + 1] = x end
  end
end
return found
