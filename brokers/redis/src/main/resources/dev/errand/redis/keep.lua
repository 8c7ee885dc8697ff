-- KEYS[1]: the record of one type and unique key; ARGV: now, id, '1' if the key is free at once. If the task holds the key, it
-- does so only until its time to live is over.
local is = redis.call('GET', KEYS[1])
if not is or string.sub(is, 1, #ARGV[2] + 1) ~= ARGV[2] .. '\n' then return 0 end
local left = tonumber(string.match(is, '\n(%d+)\n%d+\n[RS]$') or '0') - now
if ARGV[3] == '1' or left <= 0 then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], string.sub(is, 1, -2) .. 'S', 'PX', left)
end
return 1
