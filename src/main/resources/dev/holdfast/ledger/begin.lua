-- Says that copies of a leased segment are about to be handled.
--
-- Effect: unless the lease is the token's, or free and to be claimed, nothing at all. Else
--   each copy's record is judged in order, and taken over where the copy is to be handled.
--   The count of claims is forgotten, but not that the last visit ended with LATER.
-- Answer: `lost` alone, or `held` and one line for each copy, in order:
--   fresh | resumed <resumes> | alone | duplicate same | duplicate other | busy <ms> | unknown
--
-- KEYS[1]     s:<segment>
-- KEYS[2]     c:<segment>
-- KEYS[3..]   d:<record>, one for each copy
-- ARGV[1]  segment
-- ARGV[2]  token
-- ARGV[3]  lease, ms
-- ARGV[4]  1 to claim the segment if nobody holds it
-- ARGV[5]  retention, ms
-- ARGV[6]  tag of the segment, 8 hex digits
-- ARGV[7]  what precedes a segment in the key of its lease
-- ARGV[8..]  the attempt of each copy
local lease_key = KEYS[1]
local count_key = KEYS[2]
local copies = #KEYS - 2
local segment = ARGV[1]
local token = ARGV[2]
local lease_ms = ARGV[3]
local claim = ARGV[4] == '1'
local retention_ms = ARGV[5]
local tag = ARGV[6]
local lease_prefix = ARGV[7]
local me = segment .. '/' .. token

-- How long the owner's lease has left, or nil if the owner is dead.
local function alive(owner)
  local owner_segment, owner_token = string.match(owner, '^(.+)/([^/]+)$')
  if not owner_segment or redis.call('GET', lease_prefix .. owner_segment) ~= owner_token then
    return nil
  end
  local ms = redis.call('PTTL', lease_prefix .. owner_segment)
  return ms < 0 and lease_ms or ms
end

local function write(key, attempt, resumes, first_tag)
  redis.call('SET', key, attempt .. '|' .. me .. '|' .. resumes .. '|' .. first_tag, 'PX', retention_ms)
end

local function judge(key, attempt)
  local record = read_record(key)
  if not record then
    write(key, attempt, 0, tag)
    return 'fresh'
  end
  if record.unknown then
    return 'unknown'
  end
  if record.closed or attempt < record.position then
    redis.call('PEXPIRE', key, retention_ms)
    return record.tag == tag and 'duplicate same' or 'duplicate other'
  end
  local mine = record.owner == me
  local busy_ms = not mine and alive(record.owner)
  if busy_ms then
    return 'busy ' .. busy_ms
  end
  if attempt > record.position then
    write(key, attempt, 0, record.tag)
    return 'fresh'
  end
  if mine or record.owner == '' then
    write(key, attempt, record.resumes, record.tag)
    return 'fresh'
  end
  local resumes = record.resumes + 1
  if resumes >= 2 and copies > 1 then
    return 'alone'
  end
  write(key, attempt, resumes, record.tag)
  return 'resumed ' .. resumes
end

local holder = redis.call('GET', lease_key)
if holder ~= token and (holder or not claim) then
  return { 'lost' }
end
if claim then
  redis.call('SET', lease_key, token, 'PX', lease_ms)
end
if string.match(redis.call('GET', count_key) or '', '^later') then
  redis.call('SET', count_key, 'later', 'KEEPTTL')
else
  redis.call('DEL', count_key)
end
local answers = { 'held' }
for i = 1, copies do
  answers[i + 1] = judge(KEYS[i + 2], tonumber(ARGV[i + 7]))
end
return answers
