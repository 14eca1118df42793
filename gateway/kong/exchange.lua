-- An API key or the browser's cookie says nothing to a service: auth exchanges it for a token.
local sent = kong.request.get_headers(1000)
local function all(value)
  if type(value) == "table" then return value end
  return { value }
end
local is_opaque = false
for _, text in ipairs(all(sent["authorization"])) do
  if string.find(string.lower(text), "^bearer +{{key_prefix}}") then is_opaque = true end
end
if sent["authorization"] == nil then
  for _, text in ipairs(all(sent["cookie"])) do
    if string.find(";" .. text, "; *{{cookie}}=") then is_opaque = true end
  end
end
if not is_opaque then
  kong.service.request.clear_header("Cookie")
  return
end

local asked = {
  ["X-Forwarded-For"] = kong.client.get_ip(),
  ["X-Forwarded-Host"] = sent["host"],
  ["X-Forwarded-Method"] = kong.request.get_method(),
  ["X-Forwarded-Proto"] = kong.request.get_scheme(),
  ["X-Forwarded-Uri"] = kong.request.get_path_with_query(),
}
for _, name in ipairs({{asks_with}}) do asked[name] = sent[string.lower(name)] end
local client = require("resty.http").new()
client:set_timeouts({{connect_ms}}, {{timeout_ms}}, {{timeout_ms}})
local answer, failure = client:request_uri("{{exchange}}", {
  method = "GET", headers = asked, ssl_verify = true, keepalive_timeout = 60000, keepalive_pool = 64,
})
if not answer then
  kong.log.err("the exchange does not answer: ", failure)
  local body = '{"type":"{{problems}}bad-gateway","title":"The service behind this path does not answer","status":502}'
  return kong.response.exit(502, body, { ["Content-Type"] = "application/problem+json", ["Retry-After"] = "1" })
end
if answer.status ~= 200 then
  local told = {}
  for _, name in ipairs({{tells}}) do told[name] = answer.headers[name] end
  return kong.response.exit(answer.status, answer.body, told)
end
for _, name in ipairs({{answers_with}}) do
  local value = answer.headers[name]
  if value then kong.service.request.set_header(name, value) else kong.service.request.clear_header(name) end
end
kong.service.request.clear_header("Cookie")
