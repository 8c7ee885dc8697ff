-- ARGV: now, date, expiry of the daily counters, then items of 9: id, run, verdict, msg, e, at (ms), text, result or '',
-- lock. Verdicts: C completed and kept until at, R retried at, X dead (text: cause, line feed, reason), L released
-- until at, K cancelled and kept for at. The lock: see release in lib.lua.
-- Answers for each: 0 stale, 1 written, 2 cancelled as somebody had asked.
local answers, ran, processed, failed = {}, {}, 0, 0
for i = 4, #ARGV, 9 do
  local id, verdict, msg, e, at, text = ARGV[i], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6]
  local v = holds(id, ARGV[i + 1])
  local answer = 0
  if v then
    answer = 1
    ran[#ran + 1] = id
    local asked = v[4]
    if asked and (verdict == 'R' or verdict == 'L' or verdict == 'K') then
      if verdict ~= 'L' then processed = processed + 1 end
      redis.call('HSET', t(id), 'msg', msg, 'e', e)
      cancel_as_asked(id, asked, v[5])
      answer = 2
    elseif verdict == 'C' then
      processed = processed + 1
      release(id, ARGV[i + 8])
      redis.call('ZADD', P .. 'completed', ceil_seconds(at), id)
      redis.call('ZADD', P .. 'errand:kept', at, id)
      redis.call('HSET', t(id), 'msg', msg, 'e', e, 'state', 'completed', 'e:end', NOW)
      if ARGV[i + 7] ~= '' then redis.call('HSET', t(id), 'result', string.sub(ARGV[i + 7], tonumber(text) + 1), 'e:rct', string.sub(ARGV[i + 7], 1, tonumber(text))) end
      redis.call('HDEL', t(id), 'e:cxl')
      tell_ended(id, v[5])
    elseif verdict == 'R' then
      processed = processed + 1
      failed = failed + 1
      redis.call('HSET', t(id), 'msg', msg, 'e', e)
      if tonumber(at) <= now then ready(id, false) else later(id, 'retry', at) end
    elseif verdict == 'L' then
      redis.call('HSET', t(id), 'msg', msg, 'e', e, 'e:why', text)
      if tonumber(at) <= now then ready(id, true) else later(id, 'retry', at) end
    elseif verdict == 'X' then
      processed = processed + 1
      failed = failed + 1
      local cut = string.find(text, '\n', 1, true)
      redis.call('ZADD', P .. 'archived', math.floor(now / 1000), id)
      redis.call('HSET', t(id), 'msg', msg, 'e', e, 'state', 'archived', 'e:end', NOW,
        'e:cause', string.sub(text, 1, cut - 1), 'e:why', string.sub(text, cut + 1))
      redis.call('HDEL', t(id), 'e:cxl')
      release(id, ARGV[i + 8])
      local last = tonumber(redis.call('ZREVRANGE', P .. 'errand:dead', 0, 0, 'WITHSCORES')[2] or '0')
      redis.call('ZADD', P .. 'errand:dead', math.max(last + 1, now * 1000), id)
      redis.call('COPY', t(id), mirror(id), 'REPLACE')
      tell_ended(id, v[5])
    else
      processed = processed + 1
      redis.call('HSET', t(id), 'msg', msg, 'e', e)
      cancel(id, at, text, v[5])
      answer = 2
    end
  end
  answers[#answers + 1] = answer
end
unhand(ran)
count('processed', processed, ARGV[2], ARGV[3])
count('failed', failed, ARGV[2], ARGV[3])
tell_due()
return answers
