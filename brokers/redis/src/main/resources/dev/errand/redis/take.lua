-- ARGV: now, max, lease until (ms), worker, nonce. Answers 'paused', 'empty', or items of 5: id, msg, e, run, pending_since;
-- an item whose run is '' was cancelled instead, as somebody had asked while an asynq worker ran it.
if redis.call('EXISTS', P .. 'paused') == 1 then return {'paused'} end
local popped = redis.call('RPOP', P .. 'pending', ARGV[2])
if not popped then return {'empty'} end
local lessee = new_lessee(ARGV[3], ARGV[4], ARGV[5])
for i, id in ipairs(popped) do
  if lessee.bytes > MOST_BYTES then
    -- A reply has its limits; the others go back to where they were.
    for j = #popped, i, -1 do redis.call('RPUSH', P .. 'pending', popped[j]) end
    break
  end
  lessee.take(id)
end
lessee.hold()
return lessee.taken
