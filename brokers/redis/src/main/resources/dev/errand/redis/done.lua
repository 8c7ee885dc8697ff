-- ARGV: now, date, expiry of the daily counters, then items of 3: id, run, lock (see release in lib.lua). Of tasks that are done
-- and not kept, most of all outcomes by far: what can be done for all at once is. Answers for each: 0 stale, 1 written.
local answers, ids, done, seen = {}, {}, {}, {}
for i = 4, #ARGV, 3 do ids[#ids + 1] = ARGV[i] end
local scores = redis.call('ZMSCORE', P .. 'lease', unpack(ids))
for n, id in ipairs(ids) do
  local i = 1 + 3 * n
  local v = not seen[id] and holds(id, ARGV[i + 1], scores[n])
  if v then
    seen[id] = true
    release(id, ARGV[i + 2])
    tell_ended(id, v[5])
    done[#done + 1] = id
  end
  answers[n] = v and 1 or 0
end
if #done > 0 then
  unhand(done)
  erase_all(done)
  count('processed', #done, ARGV[2], ARGV[3])
end
return answers
