-- ARGV: now, ids. Answers for each a list of its fields, or 0 if there is no such task: msg, e, state, pending_since, e:run,
-- e:wrk, e:beg, e:end, e:cause, e:why, e:cxl, result, e:rct, e:due, score where it waits, '1' if it is on its way to another queue.
-- A dead letter that asynq has trimmed away is shown from our mirror.
local answers = {}
for i = 2, #ARGV do
  local id = ARGV[i]
  local key = t(id)
  if redis.call('EXISTS', key) == 0 and trimmed(id) then key = mirror(id) end
  local moving = ''
  if redis.call('EXISTS', key) == 0 then
    key = P .. 'errand:m:' .. id
    moving = '1'
  end
  local v = redis.call('HMGET', key, 'msg', 'e', 'state', 'pending_since', 'e:run', 'e:wrk', 'e:beg', 'e:end', 'e:cause',
    'e:why', 'e:cxl', 'result', 'e:rct', 'e:due')
  if v[1] and v[3] then
    local score = ''
    if v[3] == 'scheduled' or v[3] == 'retry' or v[3] == 'archived' then
      score = redis.call('ZSCORE', P .. v[3], id) or ''
    end
    v[15] = score
    v[16] = moving
    for j = 1, 16 do v[j] = v[j] or '' end
    answers[#answers + 1] = v
  else
    answers[#answers + 1] = 0
  end
end
return answers
