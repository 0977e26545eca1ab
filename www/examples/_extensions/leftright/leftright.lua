-- {{< leftright ablate ablate="EP" >}}: a figure in a Quarto page, with the attributes that its element has (pair-labels or pair_labels).
-- Where there is no script, as in a PDF, it is a link. A page or project may name another site: `leftright: { site: "https://…/" }`.

local SITE = "https://leftright.example/"
local stringify = pandoc.utils.stringify
local loaded = false

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub('"', "&quot;"):gsub("<", "&lt;"))
end

local function encode(text)
  return (text:gsub("[^%w%-_.~]", function(character) return string.format("%%%02X", character:byte()) end))
end

--- Names and texts, in one order, so that a page is always the same.
local function attributes(kwargs)
  local all = {}
  for name, value in pairs(kwargs) do
    table.insert(all, { name = name:gsub("_", "-"), text = stringify(value) })
  end
  table.sort(all, function(a, b) return a.name < b.name end)
  return all
end

local function site(meta)
  local own = meta.leftright
  return own and own.site and stringify(own.site) or SITE
end

return {
  ["leftright"] = function(args, kwargs, meta)
    local figure = args[1] and stringify(args[1]) or "ablate"
    if not figure:match("^[%l-]+$") then error("leftright: “" .. figure .. "” is no figure's name") end
    local element, query = "", "figure=" .. figure
    for _, attribute in ipairs(attributes(kwargs)) do
      element = element .. " " .. escape(attribute.name) .. '="' .. escape(attribute.text) .. '"'
      query = query .. "&" .. encode(attribute.name) .. "=" .. encode(attribute.text)
    end
    if not quarto.doc.is_format("html:js") then
      return pandoc.Para({ pandoc.Link("A figure to try: " .. figure, site(meta) .. "embed.html?" .. query) })
    end
    if not loaded then
      quarto.doc.include_text("in-header", '<script type="module" src="' .. escape(site(meta)) .. 'lib/leftright.js"></script>')
      loaded = true
    end
    return pandoc.RawBlock("html", "<lr-" .. figure .. element .. "></lr-" .. figure .. ">")
  end,
}
