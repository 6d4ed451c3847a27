-- Stands before each script: what a record says.

-- A record: nil if absent, else its fields; `unknown` if it has none.
local function read_record(key)
  local value = redis.pcall('GET', key)
  if not value then
    return nil
  end
  if type(value) == 'string' then
    local closed, closed_tag = string.match(value, '^(%l+)|(%x%x%x%x%x%x%x%x)$')
    if closed == 'done' or closed == 'dead' then
      return { closed = closed, tag = closed_tag }
    end
    local position, owner, resumes, open_tag = string.match(value, '^(%d+)|([^|]*)|(%d+)|(%x%x%x%x%x%x%x%x)$')
    if position then
      return { position = tonumber(position), owner = owner, resumes = tonumber(resumes), tag = open_tag }
    end
  end
  return { unknown = true }
end
