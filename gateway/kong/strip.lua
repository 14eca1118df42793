-- Whoever sends these is lying. A backend may read X_User and X.User as X-User, so all three go.
local lies = {{strip}}
local sent, problem = kong.request.get_headers(1000)
if problem == "truncated" then
  return kong.response.exit(400, { message = "too many headers" })
end
for name in pairs(sent) do
  if lies[(string.gsub(string.lower(name), "[_.]", "-"))] then
    kong.service.request.clear_header(name)
  end
end
