-- ARGV: now, lease until (ms), then pairs of id and run. Answers for each: 0 lost, 1 kept, 2 kept and to be cancelled.
local answers = {}
local score = ceil_seconds(ARGV[2])
for i = 3, #ARGV, 2 do
  local id = ARGV[i]
  local v = holds(id, ARGV[i + 1])
  if v then
    redis.call('HSET', t(id), 'e:lea', ARGV[2])
    redis.call('ZADD', P .. 'lease', 'XX', score, id)
  end
  answers[#answers + 1] = not v and 0 or v[4] and 2 or 1
end
return answers
