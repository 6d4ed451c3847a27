-- Renews leases.
--
-- Effect: a lease that still holds its token lasts the full time again; any other is left.
-- Answer: held | lost, one for each lease, in order
--
-- KEYS[1..n]  s:<segment>
-- ARGV[2i-1]  token of the i-th lease
-- ARGV[2i]    its duration, ms
local answers = {}
for i, lease_key in ipairs(KEYS) do
  local token = ARGV[2 * i - 1]
  local lease_ms = ARGV[2 * i]
  if redis.call('GET', lease_key) == token then
    redis.call('PEXPIRE', lease_key, lease_ms)
    answers[i] = 'held'
  else
    answers[i] = 'lost'
  end
end
return answers
