-- Since when the oldest ready task has been so, in nanoseconds, or ''. Given-back tasks stand before older ones, so that more
-- than the first is looked at.
local ids = redis.call('LRANGE', P .. 'pending', -100, -1)
local oldest = nil
for _, id in ipairs(ids) do
  local since = redis.call('HGET', t(id), 'pending_since')
  if since and (not oldest or tonumber(since) < tonumber(oldest)) then oldest = since end
end
return oldest or ''
