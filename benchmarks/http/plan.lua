-- Sends the requests of a plan file in turn, for ever. One request a line, with tabs between:
-- method, path, JSON of the header lines joined by \031, body.
local plan, at = {}, 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    local method, path, lines, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = {}
    for name, value in lines:gmatch("([^\031:]+):([^\031]*)") do headers[name] = value end
    plan[#plan + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
  end
end

function request()
  at = at % #plan + 1
  return plan[at]
end

function done(summary, latency)
  local wrong = summary.errors
  io.write(string.format(
    '\nMEASURED {"requests": %d, "seconds": %f, "p50": %f, "p95": %f, "p99": %f, "bad": %d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(95) / 1e3, latency:percentile(99) / 1e3,
    wrong.status + wrong.connect + wrong.read + wrong.write + wrong.timeout))
end
