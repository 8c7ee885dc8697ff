-- ARGV: now, highest score or '', lowest score or '', how many, 'newest' or 'oldest'. Answers id and score of dead letters, in
-- that order. Those that somebody ran or deleted with asynq's tools are forgotten on the way; what asynq has trimmed is kept.
adopt_dead()
local high = ARGV[2] == '' and '+inf' or ARGV[2]
local low = ARGV[3] == '' and '-inf' or ARGV[3]
local members
if ARGV[5] == 'newest' then
  members = redis.call('ZREVRANGEBYSCORE', P .. 'errand:dead', high, low, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
else
  members = redis.call('ZRANGEBYSCORE', P .. 'errand:dead', low, high, 'WITHSCORES', 'LIMIT', 0, ARGV[4])
end
local found = {#members / 2}
for i = 1, #members, 2 do
  local id, score = members[i], members[i + 1]
  local state = redis.call('HGET', t(id), 'state')
  if state == 'archived' or (not state and trimmed(id)) then
    found[#found + 1] = id
    found[#found + 1] = score
  else
    redis.call('ZREM', P .. 'errand:dead', id)
    redis.call('DEL', mirror(id))
    if not state then redis.call('ZREM', P .. 'errand:all', id) end
  end
end
return found
