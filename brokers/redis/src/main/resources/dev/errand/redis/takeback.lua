-- ARGV: now, date, expiry of the daily counters, then items of 7: id, run or '', score, verdict, msg, e, at (ms).
-- Verdicts: F to the front, R retry at, X archived (exhausted). Nothing is done unless the lease is still as it was seen.
-- Answers how many were taken back, then id and e of those that were cancelled as somebody had asked.
local answers, ran, failed = {0}, {}, 0
for i = 4, #ARGV, 7 do
  local id, verdict = ARGV[i], ARGV[i + 3]
  local v = redis.call('HMGET', t(id), 'e:run', 'state', 'e:cxl', 'e:awt')
  local score = redis.call('ZSCORE', P .. 'lease', id)
  if v[2] == 'active' and score and tonumber(score) == tonumber(ARGV[i + 2]) and (ARGV[i + 1] == '' or v[1] == ARGV[i + 1]) then
    answers[1] = answers[1] + 1
    ran[#ran + 1] = id
    redis.call('HSET', t(id), 'msg', ARGV[i + 4], 'e', ARGV[i + 5])
    if v[3] then
      answers[#answers + 1] = id
      answers[#answers + 1] = ARGV[i + 5]
      cancel_as_asked(id, v[3], v[4])
    elseif verdict == 'F' then
      ready(id, true)
    else
      failed = failed + 1
      if verdict == 'R' then
        later(id, 'retry', ARGV[i + 6])
      else
        redis.call('ZADD', P .. 'archived', math.floor(now / 1000), id)
        redis.call('HSET', t(id), 'state', 'archived', 'e:end', NOW, 'e:cause', 'EXHAUSTED', 'e:why', 'asynq: task lease expired')
        redis.call('ZADD', P .. 'errand:dead', now * 1000, id)
        redis.call('COPY', t(id), mirror(id), 'REPLACE')
        tell_ended(id, v[4])
      end
    end
  end
end
unhand(ran)
count('processed', failed, ARGV[2], ARGV[3])
count('failed', failed, ARGV[2], ARGV[3])
tell_due()
return answers
