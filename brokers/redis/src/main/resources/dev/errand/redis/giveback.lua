-- ARGV: now, then items of 3: id, run, a new e or '', the first taken last: each goes to the front, uncounted.
-- Answers the e of those that were cancelled instead, as somebody had asked, each after its id.
local cancelled, ran = {}, {}
for i = 2, #ARGV, 3 do
  local id = ARGV[i]
  local v = holds(id, ARGV[i + 1])
  if v then
    ran[#ran + 1] = id
    if ARGV[i + 2] ~= '' then redis.call('HSET', t(id), 'e', ARGV[i + 2]) end
    if v[4] then
      cancelled[#cancelled + 1] = id
      cancelled[#cancelled + 1] = redis.call('HGET', t(id), 'e') or ''
      cancel_as_asked(id, v[4], v[5])
    else
      ready(id, true)
    end
  end
end
unhand(ran)
return cancelled
