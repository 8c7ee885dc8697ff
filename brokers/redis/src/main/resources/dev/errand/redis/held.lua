-- ARGV: now, worker, offset, how many to look at, nonce of one take or ''. Answers how many were looked at, then items of 6
-- as lapsed.lua does: what that worker holds.
local found = {}
local from = tonumber(ARGV[3])
local members = redis.call('ZRANGE', P .. 'lease', from, from + tonumber(ARGV[4]) - 1, 'WITHSCORES')
found[1] = #members / 2
for i = 1, #members, 2 do
  local id, score = members[i], members[i + 1]
  local v = redis.call('HMGET', t(id), 'e:run', 'e:lea', 'e:wrk')
  if v[3] == ARGV[2] and v[1] and v[2] and ceil_seconds(v[2]) == tonumber(score)
    and (ARGV[5] == '' or string.sub(v[1], -#ARGV[5] - 1) == '-' .. ARGV[5]) then
    local w = redis.call('HMGET', t(id), 'msg', 'e')
    for _, x in ipairs({id, v[1], v[3], score, w[1] or '', w[2] or ''}) do found[#found + 1] = x end
  end
end
return found
