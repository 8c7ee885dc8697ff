-- ARGV: now, lease until (ms), then pairs of id and run. Answers for each: 0 lost, 1 kept, 2 kept and to be cancelled.
local answers, ids, kept = {}, {}, {}
local score = ceil_seconds(ARGV[2])
for i = 3, #ARGV, 2 do ids[#ids + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', P .. 'lease', unpack(ids))
for n, id in ipairs(ids) do
  local v = holds(id, ARGV[2 + 2 * n], scores[n])
  if v then
    redis.call('HSET', t(id), 'e:lea', ARGV[2])
    kept[#kept + 1] = score
    kept[#kept + 1] = id
  end
  answers[n] = not v and 0 or v[4] and 2 or 1
end
if #kept > 0 then redis.call('ZADD', P .. 'lease', 'XX', unpack(kept)) end
return answers
