-- ARGV: now, max, lease until (ms), worker, nonce, how many to pass over from the front, how many to look at, then pairs of a type
-- and how many there may be of it. As take.lua, for a worker without room for every type; before the items stand how many were
-- looked at and not taken, how many were looked at in all, and how many were taken of each type, in the order given.
if redis.call('EXISTS', P .. 'paused') == 1 then return {'paused'} end
local max, from, count = tonumber(ARGV[2]), tonumber(ARGV[6]), tonumber(ARGV[7])
local ids = redis.call('LRANGE', P .. 'pending', -from - count, -from - 1)
local lessee = new_lessee(ARGV[3], ARGV[4], ARGV[5])
local room, took, looked, removed = {}, {}, 0, 0
for i = 8, #ARGV, 2 do
  room[ARGV[i]] = tonumber(ARGV[i + 1])
  took[ARGV[i]] = 0
end
for i = #ids, 1, -1 do
  if removed >= max or lessee.bytes > MOST_BYTES then break end
  looked = looked + 1
  local name = type_of(redis.call('HGET', t(ids[i]), 'msg'))
  if not room[name] or took[name] < room[name] then
    redis.call('LREM', P .. 'pending', -1, ids[i])
    removed = removed + 1
    if lessee.take(ids[i]) and room[name] then took[name] = took[name] + 1 end
  end
end
lessee.hold()
local answer = {looked - removed, looked}
for i = 8, #ARGV, 2 do answer[#answer + 1] = took[ARGV[i]] end
for _, x in ipairs(lessee.taken) do answer[#answer + 1] = x end
return answer
