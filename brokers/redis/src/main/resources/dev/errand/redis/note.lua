-- ARGV: now, then items of 5: id, run, kind, name, value. Kinds: S a finished step, P progress, L a line of the log, whose name is
-- its number. Answers for each: 0 stale, 1 written, 2 a step too many.
local STEPS, LINES = 1000, 200
local answers = {}
for i = 2, #ARGV, 5 do
  local id, kind, name, value = ARGV[i], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local answer = 0
  if holds(id, ARGV[i + 1]) then
    answer = 1
    redis.call('HSET', t(id), 'e:kep', '1')
    if kind == 'P' then
      redis.call('HSET', t(id), 'e:prg', value)
    elseif kind == 'S' then
      if redis.call('HEXISTS', t(id), 'e:s:' .. name) == 0 then
        local count = tonumber(redis.call('HGET', t(id), 'e:sn') or '0')
        if count >= STEPS then
          answer = 2
        else
          redis.call('HSET', t(id), 'e:s:' .. name, count .. ' ' .. value, 'e:sn', count + 1)
        end
      end
    else
      -- Lines come in order, and again after a lost answer; e:lr is the last one: its run and number.
      local v = redis.call('HMGET', t(id), 'e:lr', 'e:ln')
      local run = string.match(ARGV[i + 1], '^%d+')
      local last_run, last = string.match(v[1] or '', '^(%d+) (%d+)$')
      if last_run ~= run or tonumber(name) > tonumber(last) then
        local count = tonumber(v[2] or '0')
        redis.call('HSET', t(id), 'e:l:' .. (count % LINES), value, 'e:ln', count + 1, 'e:lr', run .. ' ' .. name)
      end
    end
  end
  answers[#answers + 1] = answer
end
return answers
