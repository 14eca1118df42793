-- One script for every figure: which request is sent, with which unique values, and how answers are counted.
-- The plan is a Lua table in a file: method, path, body, headers, expect, refuse, values, once, from, run, rate.
-- In path and body `<value>` stands for the next line of the values file, `<n>` for a number of ten digits that was never used before.
local ffi = require("ffi")
ffi.cdef[[
  typedef struct { long seconds; long nanoseconds; } moment;
  int clock_gettime(int clock, moment *now);
]]

local MONOTONIC = 1
local plan, values, pieces, ready
local at, made, slot, began = 0, 0, 0, nil
local now = ffi.new("moment")
threads = {}
good, bad, used, short, first = 0, 0, 0, false, ""

function setup(thread)
  threads[#threads + 1] = thread
end

local function cut(text)
  local parts, from = {}, 1
  while true do
    local open, close, name = text:find("<(%l+)>", from)
    if not open then break end
    parts[#parts + 1] = text:sub(from, open - 1)
    parts[#parts + 1] = { name = name }
    from = close + 1
  end
  parts[#parts + 1] = text:sub(from)
  return parts
end

local function filled(parts, value)
  local out = {}
  for place, part in ipairs(parts) do
    if type(part) == "string" then
      out[place] = part
    elseif part.name == "value" then
      out[place] = value
    else
      made = made + 1
      out[place] = string.format("%.0f", plan.run + made)
    end
  end
  return table.concat(out)
end

function init(args)
  plan = dofile(args[1])
  values = {}
  if plan.values then
    for line in io.lines(plan.values) do values[#values + 1] = line end
  end
  at = plan.from
  pieces = { path = cut(plan.path), body = cut(plan.body or "") }
  -- A request that only reads is the same bytes each time that its value comes round.
  ready = {}
  if plan.rate > 0 then
    delay = function()
      ffi.C.clock_gettime(MONOTONIC, now)
      local elapsed = tonumber(now.seconds) * 1000 + tonumber(now.nanoseconds) / 1e6
      began = began or elapsed
      slot = slot + 1
      return math.max(0, math.floor(began + slot * 1000 / plan.rate - elapsed))
    end
  end
end

function request()
  local value, place = "", 0
  if #values > 0 then
    at = at + 1
    if plan.once and at > #values then short = true end
    place = (at - 1) % #values + 1
    value = values[place]
  end
  used = at
  if plan.body then
    return wrk.format(plan.method, filled(pieces.path, value), plan.headers, filled(pieces.body, value))
  end
  if plan.method ~= "GET" then
    return wrk.format(plan.method, filled(pieces.path, value), plan.headers)
  end
  ready[place] = ready[place] or wrk.format(plan.method, filled(pieces.path, value), plan.headers)
  return ready[place]
end

function response(status, headers, body)
  if status == plan.expect and not (plan.refuse and body:find(plan.refuse, 1, true)) then
    good = good + 1
  else
    bad = bad + 1
    if first == "" then first = status .. " " .. body:sub(1, 300) end
  end
end

local function quoted(text)
  return '"' .. text:gsub('[%c"\\]', function(letter) return string.format("\\u%04x", letter:byte()) end) .. '"'
end

function done(summary, latency, requests)
  local thread, errors = threads[1], summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format(
    '\nPLEXUS {"good": %d, "bad": %d, "lost": %d, "used": %d, "short": %s, "first": %s, "seconds": %.6f, '
      .. '"p50": %.3f, "p95": %.3f, "p99": %.3f}\n',
    thread:get("good"), thread:get("bad"), lost, thread:get("used"), tostring(thread:get("short")),
    quoted(thread:get("first")), summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
