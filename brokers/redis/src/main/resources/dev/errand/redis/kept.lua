-- ARGV: now, id, 'steps', 'progress' or 'log'. Answers what is kept with the task: steps as names and values, else values in order.
local key = t(ARGV[2])
if redis.call('EXISTS', key) == 0 and trimmed(ARGV[2]) then key = mirror(ARGV[2]) end
local found = {}
if redis.call('HEXISTS', key, 'e:kep') == 0 then return found end
if ARGV[3] == 'progress' then
  local progress = redis.call('HGET', key, 'e:prg')
  if progress then found[1] = progress end
elseif ARGV[3] == 'log' then
  local count = tonumber(redis.call('HGET', key, 'e:ln') or '0')
  for i = math.max(0, count - 200), count - 1 do
    found[#found + 1] = redis.call('HGET', key, 'e:l:' .. (i % 200)) or ''
  end
else
  for _, field in ipairs(redis.call('HKEYS', key)) do
    if string.sub(field, 1, 4) == 'e:s:' then
      found[#found + 1] = string.sub(field, 5)
      found[#found + 1] = redis.call('HGET', key, field)
    end
  end
end
return found
