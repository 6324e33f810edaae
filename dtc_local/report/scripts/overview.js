// The overview from top to bottom: facts, tiles, yield, what was written, shapes; coverage and dataflow follow.

function section(title, note, ...children) {
  return element(
    "section",
    { "aria-label": title },
    element("h2", {}, title),
    note ? element("p", { class: "quiet" }, note) : null,
    ...children,
  );
}

function table(className, heads, rows, caption) {
  const cell = ([text, number]) => element("th", { scope: "col", class: number ? "number" : null }, text);
  return element(
    "div",
    { class: "scroll" },
    element(
      "table",
      { class: className, "aria-label": caption },
      element("thead", {}, element("tr", {}, heads.map(cell))),
      element("tbody", {}, rows),
    ),
  );
}

const numberCell = (text) => element("td", { class: "number" }, text);
const rowHead = (text) => element("th", { scope: "row" }, text);

function facts() {
  const { run, cost } = head;
  const ended = cost.sessions.length ? cost.sessions[cost.sessions.length - 1][0] : null;
  const pairs = [
    ["Model", run.model],
    ["SHA-256", run.sha256.slice(0, 12)],
    ["Seed", String(run.seed)],
    ["Prompts", run.prompts],
    ["Begun", day(run.made)],
    ["Last worked on", ended && day(ended)],
  ];
  return element(
    "p",
    { class: "facts" },
    pairs
      .filter(([, value]) => value)
      .map(([name, value]) => element("span", {}, name + " ", element("b", {}, written(value)))),
  );
}

function tiles() {
  const { run, cost, lengths, funnel } = head;
  const dropped = funnel.started - run.kept;
  const solved = lengths.histograms[lengths.histograms.length - 1].mean;
  const spent = (cost.tokens.sampled || 0) + (cost.tokens.forced || 0);
  const all = [
    [
      "Kept",
      count(run.kept),
      `of ${count(run.wanted)} wanted` + (run.rescued ? `, ${count(run.rescued)} rescued` : ""),
    ],
    ["Dropped", count(dropped), `${percent(run.kept, funnel.started)} of ${count(funnel.started)} kept`],
    ["Calls", count(lengths.calls), `${percent(lengths.unsaid, lengths.calls)} left unsaid`],
    ["Solve rate", solved == null ? "\u2013" : percent(solved), "blind readers right, a turn"],
    ["Tokens written", run.kept && spent ? mean(spent / run.kept) : "\u2013", "a kept conversation"],
    [
      "Time",
      cost.seconds ? duration(cost.seconds) : "\u2013",
      run.kept && cost.seconds ? `${duration(cost.seconds / run.kept)} a kept conversation` : "",
    ],
  ];
  return element(
    "dl",
    { class: "tiles" },
    all.map(([name, figure, note]) =>
      element(
        "div",
        { class: "tile" },
        element("dt", {}, name),
        element("dd", { class: "figure" }, figure),
        element("dd", { class: "note" }, note),
      ),
    ),
  );
}

// Reasons with their counts; where `filter` is given, each leads to its conversations.
function reasons(counts, filter) {
  return element(
    "div",
    { class: "reasons" },
    Object.entries(counts).map(([reason, number]) => {
      const label = `${count(number)} ${words(reason)}`,
        title = head.reasons[reason] || "of unknown meaning";
      if (!filter) return element("span", { title }, label);
      const button = element("button", { type: "button", class: "link", title }, label);
      button.addEventListener("click", () => showOnly({ reason }));
      return button;
    }),
  );
}

function funnelSection() {
  const { started, kept, stages } = head.funnel;
  let before = started;
  const rows = stages.map((one) => {
    const lost = before - one.left,
      label = `${one.stage}: ${one.left} of ${started} left, ${lost} lost`;
    const row = element(
      "tr",
      {},
      rowHead(one.stage),
      element("td", { class: "bar-cell" }, bar(one.left, before, started, label)),
      numberCell(count(one.left)),
      numberCell(lost ? "\u2212" + count(lost) : ""),
      element("td", {}, reasons(one.lost, true)),
    );
    before = one.left;
    return row;
  });
  const { beyond } = head.run;
  const others = `${several(beyond, "conversation")} beyond the last one wanted ${beyond === 1 ? "is" : "are"} not counted.`;
  const note =
    `Of ${several(started, "conversation")} started, ${count(kept)} were kept. ` +
    `A stage loses a conversation when its last attempt is refused. ${beyond ? others : ""}`;
  return section(
    "Yield",
    note,
    rows.length
      ? table(
          "funnel",
          [["Stage"], ["Conversations left"], ["", true], ["Lost", true], ["Why"]],
          rows,
          "Yield by stage",
        )
      : null,
  );
}

function writingSection() {
  const { funnel, cost } = head,
    counted = Object.keys(cost.stages).length > 0;
  const rows = funnel.stages
    .filter((one) => one.written)
    .map((one) =>
      element(
        "tr",
        {},
        rowHead(one.stage),
        numberCell(count(one.written)),
        numberCell(percent(one.accepted, one.written)),
        element("td", {}, reasons(one.refused)),
        numberCell(count(one.characters)),
        numberCell(percent(one.wasted, one.characters)),
        counted ? numberCell(count(cost.stages[one.stage] || 0)) : null,
        counted ? numberCell(cost.kept ? mean((cost.stages[one.stage] || 0) / cost.kept) : "\u2013") : null,
      ),
    );
  const heads = [
    ["Stage"],
    ["Texts", true],
    ["Accepted", true],
    ["Refused, and why"],
    ["Characters", true],
    ["of these refused", true],
  ];
  if (counted) heads.push(["Tokens", true], ["a kept one", true]);
  return section(
    "What each stage wrote",
    "Every candidate the model wrote is kept with its verdict; a refused one costs tokens and nothing else.",
    table("", heads, rows, "Candidates by stage"),
  );
}

function costSection() {
  const { cost } = head,
    { prompt = 0, evaluated = 0, sampled = 0, forced = 0 } = cost.tokens;
  const lines = [
    ["Prompt tokens asked for", prompt, ""],
    ["served from the cache", prompt - evaluated, percent(prompt - evaluated, prompt)],
    ["evaluated", evaluated, percent(evaluated, prompt)],
    ["Tokens written", sampled + forced, ""],
    ["sampled by the model", sampled, percent(sampled, sampled + forced)],
    ["forced by the grammar", forced, percent(forced, sampled + forced)],
  ];
  const rows = lines.map(([name, number, share]) =>
    element(
      "tr",
      {},
      rowHead(share ? element("span", { class: "quiet" }, "\u2003" + name) : name),
      numberCell(count(number)),
      numberCell(share),
      numberCell(cost.kept ? mean(number / cost.kept) : "\u2013"),
    ),
  );
  const worked = cost.sessions.map(([ended, seconds]) => `${duration(seconds)} to ${day(ended)}`).slice(-6);
  const together = worked.length > 1 ? `, ${duration(cost.seconds)} together` : "";
  const earlier = cost.sessions.length > worked.length ? ", and earlier ones" : "";
  const note = cost.sessions.length
    ? `${several(cost.sessions.length, "session")}${together}: ${worked.join("; ")}${earlier}.`
    : "No session has ended in good order yet, so no cost is noted.";
  return section(
    "Cost",
    note,
    cost.sessions.length
      ? element(
          "div",
          { class: "narrow" },
          table("", [["Tokens"], ["All", true], ["Share", true], ["a kept conversation", true]], rows, "Tokens"),
        )
      : null,
  );
}

function shapesSection() {
  return section(
    "Shapes",
    "Kept conversations only. Depth is the number of assistant messages with calls in a turn: calls of one level are made at once.",
    element("div", { class: "histograms" }, head.lengths.histograms.map(histogram)),
  );
}

function settingsSection() {
  const value = (found) => (typeof found === "string" ? found || "none" : JSON.stringify(found));
  const rows = head.settings.map((one) =>
    element(
      "tr",
      {},
      rowHead(element("code", {}, one.name)),
      element(
        "td",
        { class: JSON.stringify(one.value) === JSON.stringify(one.default) ? null : "changed" },
        element("code", {}, written(value(one.value))),
      ),
      element("td", { class: "quiet" }, one.help),
    ),
  );
  return section(
    "Settings",
    "What differs from the default is in bold.",
    element(
      "details",
      {},
      element("summary", {}, `${rows.length} settings`),
      table("settings", [["Name"], ["Value"], ["Meaning"]], rows, "Settings"),
    ),
  );
}

function drawOverview() {
  byId("overview-view").append(
    facts(),
    tiles(),
    funnelSection(),
    writingSection(),
    costSection(),
    shapesSection(),
    coverageSection(),
    dataflowSection(),
    settingsSection(),
  );
}
