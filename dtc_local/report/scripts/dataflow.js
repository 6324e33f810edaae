// Dataflow: tools in a column, an arc from each producer to each consumer; arcs that conversations use are coloured.

const DRAWN_TOOLS = 60,
  ROW = 24,
  NAME_END = 250,
  ARCS_WIDTH = 620,
  TABLE_ROWS = 25;
const flow = { selected: null, unused: false };

const edges = head.dataflow.edges.map(([producer, path, consumer, parameter, score, uses, across]) => ({
  producer,
  path,
  consumer,
  parameter,
  score,
  uses,
  across,
}));

function dataflowSection() {
  const { used, possible, left_out: leftOut } = head.dataflow;
  const drawing = element("div"),
    listing = element("div"),
    box = element("input", { type: "checkbox" });
  const show = () => {
    drawing.replaceChildren(drawFlow(show));
    listing.replaceChildren(...flowTable());
  };
  box.addEventListener("change", () => {
    flow.unused = box.checked;
    show();
  });
  show();
  return section(
    "Dataflow",
    `Kept conversations use ${count(used)} of the ${count(possible)} edges between tools that some conversation offers: ` +
      "a result's field becomes an argument of a later call. The thicker an arc, the more often. Choose a tool to see its edges alone." +
      (leftOut
        ? ` ${several(leftOut, "less sure edge")} that nobody used ${leftOut === 1 ? "is" : "are"} left out of this file.`
        : ""),
    element("p", { class: "controls" }, element("label", {}, box, " also draw edges that no conversation uses")),
    element("div", { class: "flow" }, drawing, listing),
  );
}

// Producers above consumers, as far as that goes, within each namespace; the most used tools if there are too many.
function flowTools() {
  const weight = new Map();
  for (const edge of edges) {
    for (const tool of [edge.producer, edge.consumer]) {
      if (edge.uses || flow.unused) weight.set(tool, (weight.get(tool) || 0) + edge.uses + (edge.score || 0) / 1000);
    }
  }
  const chosen = [...weight]
    .sort((one, other) => other[1] - one[1])
    .slice(0, DRAWN_TOOLS)
    .map(([tool]) => tool);
  const { depth } = head.dataflow,
    tools = head.tools;
  chosen.sort(
    (one, other) =>
      tools[one].namespace.localeCompare(tools[other].namespace) ||
      depth[one] - depth[other] ||
      tools[one].name.localeCompare(tools[other].name),
  );
  return { chosen, all: weight.size };
}

function pairs(places) {
  const found = new Map();
  for (const edge of edges) {
    if (!(edge.uses || flow.unused) || !places.has(edge.producer) || !places.has(edge.consumer)) continue;
    const key = `${edge.producer} ${edge.consumer}`,
      pair = found.get(key) || { ...edge, uses: 0, labels: [] };
    pair.uses += edge.uses;
    pair.labels.push(`${edge.path} \u2192 ${edge.parameter}${edge.uses ? ` (${count(edge.uses)})` : ""}`);
    found.set(key, pair);
  }
  return [...found.values()].sort((one, other) => one.uses - other.uses);
}

// `most` uses are the thickest arc, the `longest` way between two rows the widest one.
function arc(pair, places, most, longest) {
  const [from, to] = [places.get(pair.producer), places.get(pair.consumer)];
  const room = (ARCS_WIDTH - NAME_END - 40) / 0.75,
    x = NAME_END + 10;
  const bulge = x + 24 + room * (Math.abs(to - from) / Math.max(longest, ROW * 8)) ** 0.7;
  const loop = from === to ? ROW * 0.45 : 0,
    end = to - loop * 0.5;
  const touched = flow.selected === pair.producer || flow.selected === pair.consumer;
  const state = flow.selected == null ? "" : touched ? " lit" : " dim";
  const ends = `${toolNames[pair.producer]} \u2192 ${toolNames[pair.consumer]}`;
  const uses = pair.uses ? several(pair.uses, "use") : "not used";
  const title = shown([`${ends}: ${uses}`, ...pair.labels.slice(0, 8)].join("\n"));
  return drawn(
    "path",
    {
      class: (pair.uses ? "used" : "") + state,
      "stroke-width": pair.uses ? 1 + 3 * Math.sqrt(pair.uses / most) : 0.8,
      "marker-end": `url(#${pair.uses ? "used" : "unused"}-end)`,
      d: `M${x},${from + loop * 0.5} C${bulge},${from + loop} ${bulge},${end - loop} ${x},${end}`,
    },
    drawn("title", {}, title),
  );
}

// An arrow's head, of one size whatever the width of its arc.
function arrow(name) {
  return drawn(
    "marker",
    {
      id: `${name}-end`,
      viewBox: "0 0 8 8",
      refX: 6,
      refY: 4,
      markerWidth: 8,
      markerHeight: 8,
      markerUnits: "userSpaceOnUse",
      orient: "auto",
    },
    drawn("path", { class: name, d: "M0,0.5 L8,4 L0,7.5 Z" }),
  );
}

function flowNode(tool, y, used, show) {
  const pressed = flow.selected === tool;
  const node = drawn(
    "g",
    {
      role: "button",
      tabindex: "0",
      "aria-pressed": String(pressed),
      class: used ? null : "idle",
      "data-tool": tool,
      "aria-label": `${shown(toolNames[tool])}: show what feeds it and what it feeds`,
    },
    drawn("circle", { cx: NAME_END + 4, cy: y, r: 3 }),
    drawn("text", { x: NAME_END - 8, y: y + 4, "text-anchor": "end" }, short(shown(head.tools[tool].name), 34)),
    drawn("title", {}, shown(`${toolNames[tool]}\n${head.tools[tool].description}`)),
  );
  const select = () => {
    flow.selected = pressed ? null : tool;
    show();
    document.querySelector(`.arcs [data-tool="${tool}"]`)?.focus({ preventScroll: true });
  };
  node.addEventListener("click", select);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      select();
    }
  });
  return node;
}

function drawFlow(show) {
  const { chosen, all } = flowTools(),
    places = new Map(),
    spaces = [];
  let y = 4;
  chosen.forEach((tool, place) => {
    const space = head.tools[tool].namespace;
    if (manySpaces && (place === 0 || space !== head.tools[chosen[place - 1]].namespace)) {
      spaces.push(
        drawn(
          "text",
          { class: "space", x: NAME_END - 8, y: y + ROW * 0.95, "text-anchor": "end" },
          short(shown(space), 40),
        ),
      );
      y += ROW * 1.1;
    }
    y += ROW;
    places.set(tool, y - ROW / 2);
  });
  if (!chosen.length) return element("p", { class: "empty" }, "No result was used as an argument.");
  const found = pairs(places),
    most = Math.max(1, ...found.map((pair) => pair.uses));
  const longest = Math.max(1, ...found.map((pair) => Math.abs(places.get(pair.producer) - places.get(pair.consumer))));
  const busy = new Set(found.filter((pair) => pair.uses).flatMap((pair) => [pair.producer, pair.consumer]));
  const cut =
    all > chosen.length
      ? drawn("text", { x: 0, y: y + 20 }, `The ${chosen.length} most used of ${count(all)} tools.`)
      : null;
  return drawn(
    "svg",
    {
      class: "arcs",
      viewBox: `0 0 ${ARCS_WIDTH} ${y + 28}`,
      role: "group",
      "aria-label": "Tools and the dataflow between them",
    },
    drawn("defs", {}, arrow("used"), arrow("unused")),
    spaces,
    found.map((pair) => arc(pair, places, most, longest)),
    chosen.map((tool) => flowNode(tool, places.get(tool), busy.has(tool), show)),
    cut,
  );
}

function flowTable() {
  const found = edges.filter(
    (edge) =>
      (edge.uses || flow.unused) &&
      (flow.selected == null || edge.producer === flow.selected || edge.consumer === flow.selected),
  );
  const name = (tool) => element("span", {}, written(head.tools[tool].name));
  const rows = found
    .slice(0, TABLE_ROWS)
    .map((edge) =>
      element(
        "tr",
        {},
        numberCell(count(edge.uses)),
        numberCell(edge.across ? count(edge.across) : ""),
        element("td", {}, name(edge.producer), " ", element("code", { class: "quiet" }, written(edge.path))),
        element("td", {}, name(edge.consumer), " ", element("code", { class: "quiet" }, written(edge.parameter))),
        numberCell(edge.score == null ? "\u2013" : edge.score.toFixed(2)),
      ),
    );
  const of = flow.selected == null ? "" : ` of ${shown(toolNames[flow.selected])}`;
  const cut = found.length > TABLE_ROWS ? `, the ${TABLE_ROWS} most used` : "";
  const meaning = "Across: uses from an earlier turn. Score: how sure the graph is.";
  const note = `${several(found.length, "edge")}${of}${cut}. ${meaning}`;
  return [
    table("", [["Uses", true], ["Across", true], ["Field"], ["Argument"], ["Score", true]], rows, "Edges"),
    element("p", { class: "quiet" }, note),
  ];
}
