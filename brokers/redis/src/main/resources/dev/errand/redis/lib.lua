-- What all scripts share. KEYS[1] is a queue's prefix, asynq:{QUEUE}:, so that every key of a script is in one slot.
-- ARGV[1] is the caller's clock in milliseconds, as asynq's own scripts have it. Fields of ours in a task's hash are "e" and
-- "e:…", keys of ours P.."errand:…"; asynq neither reads nor removes them, but the fields go with their hash.
local P = KEYS[1]
local NOW = ARGV[1]
local now = tonumber(NOW)

local function t(id) return P .. 't:' .. id end
local function mirror(id) return P .. 'errand:d:' .. id end
local function ceil_seconds(ms) return math.ceil(tonumber(ms) / 1000) end

-- A protobuf field 7, error_msg; appended to a message it replaces an earlier one, for the last of a field counts.
local function error_field(text)
  text = string.sub(text, 1, 1000)
  local size, varint = #text, ''
  while size > 127 do
    varint = varint .. string.char(128 + size % 128)
    size = math.floor(size / 128)
  end
  return string.char(58) .. varint .. string.char(size) .. text
end

-- The fields that tell whether an attempt holds its task, or nil if it does not: asynq leaves our token when it takes over,
-- so that the score of the lease must be our last one, too. The score may be given if it is known: false if there is none.
local function holds(id, run, score)
  local v = redis.call('HMGET', t(id), 'e:run', 'e:lea', 'state', 'e:cxl', 'e:awt')
  if v[1] ~= run or v[3] ~= 'active' or not v[2] then return nil end
  if score == nil then score = redis.call('ZSCORE', P .. 'lease', id) end
  if not score or tonumber(score) ~= ceil_seconds(v[2]) then return nil end
  return v
end

-- Takes tasks out of asynq's list of what runs. It has no index and is searched from an end, so that many are not looked for one
-- by one: those that were taken together stand together, and mostly end together. What is found in a part of the list is
-- overwritten there, and then removed in one pass. The order of the others stays.
local FEW, NEAR, PLACES, SLICE = 8, 32, 4, 5000
local GONE = '\n' -- no id
local function unlist(ids)
  local list = P .. 'active'
  local want, left, size = {}, #ids, 0
  for _, id in ipairs(ids) do want[id] = true end
  if left >= FEW then size = redis.call('LLEN', list) end
  if left >= FEW and size <= math.min(4 * left, SLICE) then
    local rest = {}
    for _, id in ipairs(redis.call('LRANGE', list, 0, -1)) do
      if not want[id] then rest[#rest + 1] = id end
    end
    redis.call('DEL', list)
    if #rest > 0 then redis.call('RPUSH', list, unpack(rest)) end
    return
  end
  local function look(from, to)
    local found = 0
    for i, id in ipairs(redis.call('LRANGE', list, from, to)) do
      if want[id] then
        redis.call('LSET', list, from + i - 1, GONE)
        want[id] = nil
        found = found + 1
      end
    end
    if found > 0 then redis.call('LREM', list, 2 * from < size and found or -found, GONE) end
    left, size = left - found, size - found
    return found
  end
  local near = 2 * left + NEAR
  if left >= FEW then look(0, near - 1) end
  if left >= FEW then look(math.max(0, size - near), size - 1) end
  local places = PLACES
  for _, id in ipairs(ids) do
    if left < FEW or places == 0 then break end
    local at = want[id] and redis.call('LPOS', list, id)
    if at then
      look(math.max(0, at - near), at + near)
      places = places - 1
    elseif want[id] then
      want[id] = nil
      left = left - 1
    end
  end
  local from = 0
  while left >= FEW and from < size do from = from + SLICE - look(from, from + SLICE - 1) end
  for _, id in ipairs(ids) do
    if want[id] then redis.call('LREM', list, 1, id) end
  end
end

local function unhand(ids)
  if #ids == 0 then return end
  unlist(ids)
  redis.call('ZREM', P .. 'lease', unpack(ids))
end

local function erase_all(ids)
  if #ids == 0 then return end
  local keys = {}
  for _, id in ipairs(ids) do
    keys[#keys + 1] = t(id)
    keys[#keys + 1] = mirror(id)
  end
  redis.call('DEL', unpack(keys))
  redis.call('ZREM', P .. 'errand:all', unpack(ids))
end

local function erase(id) erase_all({id}) end

-- Whether a dead letter is in our mirror alone because asynq has trimmed its archive; one that somebody has deleted with asynq's
-- tools is forgotten.
local function trimmed(id)
  if redis.call('EXISTS', mirror(id)) == 0 then return false end
  local score = redis.call('ZSCORE', P .. 'errand:dead', id)
  if score and (tonumber(score) / 1000 <= now - 89 * 86400000 or redis.call('ZCARD', P .. 'archived') >= 9000) then
    return true
  end
  redis.call('ZREM', P .. 'errand:dead', id)
  redis.call('DEL', mirror(id))
  redis.call('ZREM', P .. 'errand:all', id)
  return false
end

local function tell_ended(id, awaited)
  if awaited then redis.call('PUBLISH', 'asynq:errand:ended', id) end
end

local function free_lock(id)
  local lock = redis.call('HGET', t(id), 'unique_key')
  if lock and lock ~= '' and redis.call('GET', lock) == id then redis.call('DEL', lock) end
end

-- The lock: '' or "TTL\nkey", released after the TTL (ms) if the task holds it.
local function release(id, lock)
  if lock == '' then return end
  local cut = string.find(lock, '\n', 1, true)
  local ttl, key = string.sub(lock, 1, cut - 1), string.sub(lock, cut + 1)
  if redis.call('GET', key) ~= id then return end
  if ttl == '0' then redis.call('DEL', key) else redis.call('PEXPIRE', key, ttl) end
end

local function ready(id, front)
  redis.call(front and 'RPUSH' or 'LPUSH', P .. 'pending', id)
  redis.call('HSET', t(id), 'state', 'pending', 'pending_since', NOW .. '000000')
  redis.call('HDEL', t(id), 'e:due')
end

local due_before = nil
local function later(id, container, due)
  if due_before == nil then
    due_before = tonumber(redis.call('ZRANGE', P .. 'errand:due', 0, 0, 'WITHSCORES')[2] or 'inf')
  end
  redis.call('ZADD', P .. container, ceil_seconds(due), id)
  redis.call('ZADD', P .. 'errand:due', due, id)
  redis.call('HSET', t(id), 'state', container, 'e:due', due)
end

-- Tells the timekeepers of all processes when something falls due earlier than anything before.
local function tell_due()
  if due_before == nil then return end
  local first = redis.call('ZRANGE', P .. 'errand:due', 0, 0, 'WITHSCORES')[2]
  if first and tonumber(first) < due_before then redis.call('PUBLISH', 'asynq:errand:due', '') end
end

-- keep: milliseconds. The task is in no container any more.
local function cancel(id, keep, reason, awaited)
  free_lock(id)
  redis.call('ZREM', P .. 'errand:due', id)
  if tonumber(keep) > 0 then
    local msg = redis.call('HGET', t(id), 'msg') or ''
    redis.call('ZADD', P .. 'archived', math.floor(now / 1000), id)
    redis.call('HSET', t(id), 'state', 'archived', 'msg', msg .. error_field('cancelled: ' .. reason),
      'e:cause', 'CANCELLED', 'e:why', reason, 'e:end', NOW)
    redis.call('HDEL', t(id), 'pending_since', 'e:cxl', 'e:due')
    redis.call('ZADD', P .. 'errand:cancelled', now + tonumber(keep), id)
  else
    erase(id)
  end
  tell_ended(id, awaited)
end

-- What TaskStore.cancel left with a running task: "keep\nreason".
local function cancel_as_asked(id, asked, awaited)
  local cut = string.find(asked, '\n', 1, true)
  cancel(id, string.sub(asked, 1, cut - 1), string.sub(asked, cut + 1), awaited)
end

-- Takes a task that does not run out of where it waits or rests.
local function leave(id, state)
  if state == 'pending' then
    redis.call('LREM', P .. 'pending', 0, id)
  elseif state == 'aggregating' then
    local group = redis.call('HGET', t(id), 'group') or ''
    redis.call('ZREM', P .. 'g:' .. group, id)
    if redis.call('EXISTS', P .. 'g:' .. group) == 0 then redis.call('SREM', P .. 'groups', group) end
  else
    redis.call('ZREM', P .. state, id)
    redis.call('ZREM', P .. 'errand:due', id)
    redis.call('ZREM', P .. 'errand:dead', id)
    redis.call('ZREM', P .. 'errand:cancelled', id)
    redis.call('ZREM', P .. 'errand:kept', id)
  end
end

local function count(name, by, date, expire_at)
  if by == 0 then return end
  if redis.call('INCRBY', P .. name .. ':' .. date, by) == by then
    redis.call('EXPIREAT', P .. name .. ':' .. date, expire_at)
  end
  local total = redis.pcall('INCRBY', P .. name, by)
  if type(total) == 'table' and total.err then redis.call('SET', P .. name, 1) end
end

-- Dead letters that asynq archived by itself join ours, so that ours is the one index; a minute of skew between clocks is borne.
local function adopt_dead()
  local synced = tonumber(redis.call('GET', P .. 'errand:dead:synced') or '0')
  local seconds = math.floor(now / 1000)
  local ids = redis.call('ZRANGEBYSCORE', P .. 'archived', synced - 60, '+inf', 'WITHSCORES', 'LIMIT', 0, 5000)
  local last = seconds
  for i = 1, #ids, 2 do
    local id = ids[i]
    if not redis.call('ZSCORE', P .. 'errand:dead', id) and redis.call('HGET', t(id), 'e:cause') ~= 'CANCELLED' then
      redis.call('ZADD', P .. 'errand:dead', tonumber(ids[i + 1]) * 1000000, id)
    end
  end
  if #ids == 10000 then last = tonumber(ids[#ids]) end
  redis.call('SET', P .. 'errand:dead:synced', string.format('%.0f', last))
end

local function waits(state) return state == 'pending' or state == 'scheduled' or state == 'retry' end

-- Another enqueue takes the task's place: nothing is left of what its attempts have noted.
local function start_anew(id, replaced_by)
  redis.call('HSET', t(id), 'e:rep', replaced_by)
  redis.call('HDEL', t(id), 'e:why')
  if redis.call('HDEL', t(id), 'e:kep') == 0 then return end
  for _, field in ipairs(redis.call('HKEYS', t(id))) do
    local kind = string.sub(field, 1, 4)
    if kind == 'e:s:' or kind == 'e:l:' or kind == 'e:sn' or kind == 'e:ln' or kind == 'e:lr' or field == 'e:prg' then
      redis.call('HDEL', t(id), field)
    end
  end
end

-- The task type of a message: its first field, as everybody writes it; else nil.
local function type_of(msg)
  if not msg or string.byte(msg, 1) ~= 10 then return nil end
  local size, at, factor = 0, 2, 1
  while true do
    local byte = string.byte(msg, at)
    if not byte or factor > 268435456 then return nil end
    size = size + (byte % 128) * factor
    at = at + 1
    if byte < 128 then break end
    factor = factor * 128
  end
  return string.sub(msg, at, at + size - 1)
end

local MOST_BYTES = 8000000

-- Takes tasks for a worker that are out of the list of the ready; see take.lua for what is in "taken".
local function new_lessee(until_ms, worker, nonce)
  local self = {taken = {}, bytes = 0}
  local active, lease, score = {}, {}, ceil_seconds(until_ms)
  local function add(id, msg, e, run, since)
    local taken = self.taken
    local n = #taken
    taken[n + 1], taken[n + 2], taken[n + 3], taken[n + 4], taken[n + 5] = id, msg, e or '', run, since or ''
  end
  function self.take(id)
    local key = t(id)
    local v = redis.call('HMGET', key, 'msg', 'e', 'e:run', 'e:cxl', 'pending_since', 'e:awt')
    if not v[1] then
      -- An id without a task would be active for ever.
      redis.call('DEL', key)
      redis.call('ZREM', P .. 'errand:all', id)
      return false
    end
    if v[4] then
      cancel_as_asked(id, v[4], v[6])
      add(id, v[1], v[2], '', '')
      return false
    end
    local number = tonumber(string.match(v[3] or '', '^%d+') or '0') + 1
    local run = string.format('%.0f', number) .. '-' .. nonce
    redis.call('HSET', key, 'state', 'active', 'e:run', run, 'e:lea', until_ms, 'e:wrk', worker, 'e:beg', NOW)
    redis.call('HDEL', key, 'pending_since', 'e:why')
    active[#active + 1] = id
    lease[#lease + 1] = score
    lease[#lease + 1] = id
    self.bytes = self.bytes + #v[1] + #(v[2] or '')
    add(id, v[1], v[2], run, v[5])
    return true
  end
  function self.hold()
    if #active > 0 then
      redis.call('LPUSH', P .. 'active', unpack(active))
      redis.call('ZADD', P .. 'lease', unpack(lease))
    end
  end
  return self
end
