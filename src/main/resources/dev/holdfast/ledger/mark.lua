-- Writes down what became of copies, then what becomes of leases.
--
-- Effect: HANDLED and DEAD close a record, whoever owns it; `done` overwrites `dead`, never
--   the reverse. RETRY raises its position. RELEASED lets it go as it is. Nothing lowers a
--   position or deletes a record. A settlement is made only if the lease holds its token.
-- Answer: ok | late | stolen | already | unknown, one for each mark, in order
--
-- KEYS[1..m]     d:<record>, one for each mark
-- KEYS[m+2j-1]   s:<segment> of the j-th settlement
-- KEYS[m+2j]     c:<segment> of the j-th settlement
-- ARGV[1]  number of marks, m
-- ARGV[2]  retention, ms
-- ARGV[3]  what precedes a segment in the key of its lease
-- ARGV[4]  how long `later` is remembered, ms
-- ARGV[5i..5i+4]            i-th mark: kind, attempt, segment, token, tag of the segment
-- ARGV[5m+3j+2..5m+3j+4]    j-th settlement: kind, token, ms
local marks = tonumber(ARGV[1])
local retention_ms = ARGV[2]
local lease_prefix = ARGV[3]
local later_ms = ARGV[4]
local settlements = (#KEYS - marks) / 2

local function alive(owner)
  local owner_segment, owner_token = string.match(owner, '^(.+)/([^/]+)$')
  return owner_segment and redis.call('GET', lease_prefix .. owner_segment) == owner_token
end

local function close(key, record, me, word, tag)
  redis.call('SET', key, word .. '|' .. (record and record.tag or tag), 'PX', retention_ms)
  if not record then
    return 'late'
  end
  if record.closed then
    return 'already'
  end
  if record.owner == me then
    return 'ok'
  end
  return alive(record.owner) and 'stolen' or 'late'
end

local function raise(key, record, me, attempt, tag)
  if record and (record.closed or record.position > attempt) then
    return 'already'
  end
  if record and record.owner ~= me and alive(record.owner) then
    return 'stolen'
  end
  redis.call('SET', key, (attempt + 1) .. '||0|' .. (record and record.tag or tag), 'PX', retention_ms)
  return record and 'ok' or 'late'
end

local function release(key, record, me)
  if not record or record.closed or record.owner ~= me then
    return 'already'
  end
  redis.call('SET', key, record.position .. '||' .. record.resumes .. '|' .. record.tag, 'PX', retention_ms)
  return 'ok'
end

local function mark(key, kind, attempt, me, tag)
  local record = read_record(key)
  if record and record.unknown then
    return 'unknown'
  end
  if kind == 'HANDLED' then
    return close(key, record, me, 'done', tag)
  end
  if kind == 'DEAD' then
    local word = record and record.closed or 'dead'
    return close(key, record, me, word, tag)
  end
  if kind == 'RETRY' then
    return raise(key, record, me, attempt, tag)
  end
  return release(key, record, me)
end

local function settle(lease_key, count_key, kind, token, ms)
  if redis.call('GET', lease_key) ~= token then
    return
  end
  if kind == 'SETTLED' then
    redis.call('SET', lease_key, 'settled', 'PX', ms)
    redis.call('DEL', count_key)
  elseif kind == 'LATER' then
    redis.call('SET', lease_key, 'later', 'PX', ms)
    redis.call('SET', count_key, 'later', 'PX', later_ms)
  else
    redis.call('DEL', lease_key, count_key)
  end
end

local answers = {}
for i = 1, marks do
  local at = 5 * i
  local me = ARGV[at + 2] .. '/' .. ARGV[at + 3]
  answers[i] = mark(KEYS[i], ARGV[at], tonumber(ARGV[at + 1]), me, ARGV[at + 4])
end
for j = 1, settlements do
  local at = 5 * marks + 3 * j + 2
  settle(KEYS[marks + 2 * j - 1], KEYS[marks + 2 * j], ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
return answers
