-- wrk's requests: each a promise of its own. Arguments behind `--`: token, a name for the run, made at, due at.
local posted = 0
local thread = 0

function setup(each)
  each:set("number", thread)
  thread = thread + 1
end

function init(arguments)
  token, run, made_at, due_at = arguments[1], arguments[2], arguments[3], arguments[4]
  headers = {["content-type"] = "application/cloudevents+json", ["authorization"] = "Bearer " .. token}
end

function request()
  posted = posted + 1
  local id = "c-" .. run .. "-" .. number .. "-" .. posted
  local body = '{"specversion":"1.0","id":"' .. id .. '-made","source":"bench","type":"troth.commitment-made","subject":"' .. id
    .. '","time":"' .. made_at .. '","data":{"team":"team-' .. posted % 200 .. '","title":"A promise to the business","customer":"customer-'
    .. posted % 20 .. '","goal":"goal-' .. posted % 5 .. '","due_at":"' .. due_at .. '"}}'
  return wrk.format("POST", "/v1/events", headers, body)
end
