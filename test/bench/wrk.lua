-- Counts as one line of JSON; with arguments, each request carries the next of them as its Cookie.
local asks, turn = {}, 0

function init(args)
  for i = 1, #args do
    asks[i] = wrk.format("GET", nil, { ["Cookie"] = args[i] })
  end
  if #asks > 0 then
    request = function()
      turn = turn % #asks + 1
      return asks[turn]
    end
  end
end

function done(summary)
  local e = summary.errors
  io.write(string.format('\n{"requests":%d,"bytes":%d,"errors":%d}\n',
    summary.requests, summary.bytes, e.connect + e.read + e.write + e.status + e.timeout))
end
