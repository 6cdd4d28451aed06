-- Counts as one line of JSON. Arguments: the mean pause of a connection between requests in ms (0: none), then cookies:
-- each request carries the next of them.
local asks, turn, think = {}, 0, 0

function init(args)
  think = tonumber(args[1]) or 0
  for i = 2, #args do
    asks[#asks + 1] = wrk.format("GET", nil, { ["Cookie"] = args[i] })
  end
  if #asks > 0 then
    request = function()
      turn = turn % #asks + 1
      return asks[turn]
    end
  end
  if think > 0 then
    -- Exponential, as arrivals of many independent clients are.
    delay = function()
      return math.floor(-math.log(1 - math.random()) * think + 0.5)
    end
  end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"bytes":%d,"errors":%d,"p50Ms":%.3f,"p99Ms":%.3f}\n',
    summary.requests, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
