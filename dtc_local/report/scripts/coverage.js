// Coverage: a heat map of calls, tools down and kinds of turns across. A cell leads to its conversations.
// What was asked for in vain (withheld, not consented to, failed for good) is counted beside the calls, after a plus.

const ROWS_AT_FIRST = 25;

function coverageSection() {
  const { kinds, rows } = head.coverage;
  const most = Math.max(1, ...rows.flatMap((row) => row.calls));
  const called = rows.filter((row) => row.calls.some(Boolean));
  const parameters = rows.reduce((sum, row) => sum + row.parameters, 0),
    filled = rows.reduce((sum, row) => sum + row.filled, 0);
  const body = element("tbody");
  const heads = element(
    "tr",
    {},
    element("th", { scope: "col" }, "Tool"),
    kinds.map(([kind, turns]) =>
      element("th", { scope: "col", class: "kind", title: several(turns, "turn") }, words(kind)),
    ),
    element("th", { scope: "col", class: "number" }, "Calls"),
    element("th", { scope: "col", class: "number", title: "kept conversations that offer the tool" }, "Offered"),
    element("th", { scope: "col", class: "number", title: "parameters that some call fills, and all" }, "Filled"),
  );
  const fill = (number) => body.replaceChildren(...rows.slice(0, number).map((row) => heatRow(row, kinds, most)));
  fill(ROWS_AT_FIRST);
  return section(
    "Coverage",
    "Calls of each tool in each kind of turn, in kept conversations: " +
      `${count(called.length)} of ${several(rows.length, "tool")} called, ` +
      `${count(filled)} of ${several(parameters, "parameter")} filled. After a plus: calls asked for and never made, ` +
      "because the tool was withheld or failed, or the user said no. A cell shows its conversations.",
    element(
      "div",
      { class: "scroll" },
      element(
        "table",
        { class: "heat", "aria-label": "Calls by tool and kind of turn" },
        element("thead", {}, heads, turnsRow(kinds)),
        body,
      ),
    ),
    rows.length > ROWS_AT_FIRST ? moreButton(rows.length, fill) : null,
  );
}

function turnsRow(kinds) {
  return element(
    "tr",
    { class: "turns" },
    element("th", { scope: "row" }, "Turns"),
    kinds.map(([kind, turns]) => {
      if (!turns) return element("td", { class: "kind" }, "0");
      const button = element("button", { type: "button", class: "link" }, count(turns));
      button.setAttribute("aria-label", `${several(turns, "turn")} of the kind ${words(kind)}: show the conversations`);
      button.addEventListener("click", () => showOnly({ kind, status: "output" }));
      return element("td", { class: "kind" }, button);
    }),
    element("td", { colspan: 3 }),
  );
}

function moreButton(all, fill) {
  const button = element("button", { type: "button", class: "link more" }, `Show all ${count(all)} tools`);
  button.addEventListener("click", () => {
    fill(all);
    button.remove();
  });
  return element("p", {}, button);
}

function heatRow(row, kinds, most) {
  const name = toolNames[row.tool],
    all = row.calls.reduce((sum, number) => sum + number, 0);
  return element(
    "tr",
    {},
    element("th", { scope: "row", title: shown(head.tools[row.tool].description) }, written(name)),
    row.calls.map((number, place) => heatCell(row.tool, kinds[place][0], number, row.in_vain[place], most)),
    numberCell(count(all)),
    numberCell(count(row.offered)),
    numberCell(`${row.filled} of ${row.parameters}`),
  );
}

// Shades go with the square root, so that a few calls can be told from none.
function heatCell(tool, kind, number, inVain, most) {
  if (!number && !inVain) return element("td", { class: "cell" }, element("span", {}, "0"));
  const vain = inVain ? `, ${count(inVain)} more asked for in vain` : "";
  const label = `${several(number, "call")} of ${shown(toolNames[tool])} in ${words(kind)} turns${vain}: show the conversations`;
  const text = [number ? count(number) : "", inVain ? `+${count(inVain)}` : ""].filter(Boolean).join(" ");
  const button = element("button", { type: "button", "aria-label": label }, text);
  button.style.setProperty("--share", String(Math.sqrt(number / most)));
  button.addEventListener("click", () => showOnly({ tool: String(tool), kind, status: "output" }));
  return element("td", { class: "cell" }, button);
}
