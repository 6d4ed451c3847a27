-- Takes the leases of segments for one token.
--
-- Effect: a free segment is leased to the token and its claim is counted. A segment the
--   token holds already is leased for the full time again and not counted twice, so that
--   a claim whose answer was lost may be repeated.
-- Answer: one line for each segment, in order:
--   claimed <claims> first | claimed <claims> revisited | settled | busy <ms>
--
-- KEYS[1..n]     s:<segment>
-- KEYS[n+1..2n]  c:<segment>
-- ARGV[1]  token
-- ARGV[2]  lease, ms
-- ARGV[3]  how long a count is kept, ms
local segments = #KEYS / 2
local token = ARGV[1]
local lease_ms = ARGV[2]
local count_ms = ARGV[3]

local function left(key)
  local ms = redis.call('PTTL', key)
  return ms < 0 and lease_ms or ms
end

local answers = {}
for i = 1, segments do
  local lease_key = KEYS[i]
  local count_key = KEYS[segments + i]
  local holder = redis.call('GET', lease_key)
  if holder == 'settled' then
    answers[i] = 'settled'
  elseif holder and holder ~= token then
    answers[i] = 'busy ' .. left(lease_key)
  else
    local count = redis.call('GET', count_key) or ''
    local later = string.match(count, '^later') or ''
    local claims = tonumber(string.match(count, '%d+$')) or 0
    if not holder then
      claims = claims + 1
      redis.call('SET', count_key, later .. claims, 'PX', count_ms)
    end
    redis.call('SET', lease_key, token, 'PX', lease_ms)
    answers[i] = 'claimed ' .. math.max(claims, 1) .. (later == 'later' and ' revisited' or ' first')
  end
end
return answers
