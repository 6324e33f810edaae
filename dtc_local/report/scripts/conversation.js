// One conversation: words, calls and results; an argument and the place its value came from light up together.

const SOURCES = {
  schema: ["schema", "a default or the only value that the schema allows"],
  inferred: ["inferred", "said in no words; the blind readers chose it too"],
};

function pieces(all) {
  return all.flatMap((piece) =>
    typeof piece === "string"
      ? written(piece)
      : [element("mark", { "data-links": piece[1].join(" ") }, written(piece[0]))],
  );
}

function origin(link, one, place) {
  const [source, call, , turn, path] = one.origins[link];
  const inner = place.includes(".") ? place.slice(place.indexOf(".") + 1) + ": " : "";
  const [label, meaning] =
    source === "request"
      ? [`turn ${turn + 1}`, `from the request of turn ${turn + 1}`]
      : source === "result"
        ? [path, `from the result ${path}`]
        : SOURCES[source] || [source, ""];
  const button = element(
    "button",
    {
      type: "button",
      class: "origin",
      "data-links": link,
      title: shown(meaning),
      "aria-label": shown(`${place} of ${call}: ${meaning}`),
    },
    written(inner + label),
  );
  button.addEventListener("click", () =>
    byId("conversation")
      .querySelector(`.said mark[data-links~="${link}"], .result mark[data-links~="${link}"]`)
      ?.scrollIntoView({ block: "center" }),
  );
  return button;
}

function argument(call, [name, value], one) {
  // A dotted path leads into this argument, unless another argument is called just that.
  const inside = (place) =>
    place === name || (place.startsWith(name + ".") && !call.arguments.some(([other]) => other === place));
  const links = one.origins.flatMap(([, of, place], link) => (of === call.id && inside(place) ? [link] : []));
  return element(
    "div",
    { class: "argument", "data-links": links.join(" ") },
    element("dt", {}, written(name)),
    element("dd", {}, pieces(value)),
    element(
      "div",
      { class: "origins" },
      links.map((link) => origin(link, one, one.origins[link][2])),
    ),
  );
}

const FAULTS = {
  error: ["failed", "The tool returned an error; the call had no effect."],
  mistake: ["mistake", "A wrong call of the model itself, answered by a hint; exports mask it."],
};

// What became of a turn, in words, by its outcome.
const OUTCOMES = {
  yes: "the user says yes",
  no: "the user says no, nothing is done",
  retry: "the call fails, and is made again",
  repair: "the call fails, and is mended",
  report: "the call fails, and that is reported",
  gone: "what is asked for was deleted, and that is reported",
  recall: "answered from the conversation",
  outside: "no matter for any tool",
};
const PARTS = { opening: "the assistant asks back", closing: "the user answers" };

function callBox(call, one) {
  const name = toolNames[call.tool],
    fault = FAULTS[call.fault];
  const state = (call.implicit ? " unsaid" : "") + (fault ? " failed" : "");
  return element(
    "section",
    { class: `call${state}`, "aria-label": shown(`Call ${call.id} ${name}${fault ? `, ${fault[0]}` : ""}`) },
    element(
      "h4",
      { title: shown(head.tools[call.tool].description) },
      element("code", {}, call.id),
      element("span", {}, written(name)),
      call.implicit
        ? element("span", { class: "badge", title: "The request leaves this call unsaid." }, "left unsaid")
        : null,
      fault ? element("span", { class: "badge fault", title: fault[1] }, fault[0]) : null,
    ),
    element(
      "dl",
      {},
      call.arguments.map((given) => argument(call, given, one)),
    ),
    element("pre", { class: "result", dir: "ltr" }, pieces(call.result)),
  );
}

function turnBox(turn, number, one) {
  const unsaid = turn.levels.flat().filter((call) => call.implicit).length;
  const solved = turn.solved ? `${turn.solved[0]} of ${turn.solved[1]} blind readers right` : null;
  return element(
    "section",
    { class: turn.part === "closing" ? "turn closing" : "turn", "aria-label": `Turn ${number + 1}` },
    element(
      "h3",
      {},
      `Turn ${number + 1}`,
      element("span", {}, words(turn.kind)),
      PARTS[turn.part] ? element("span", {}, PARTS[turn.part]) : null,
      turn.outcome && turn.part !== "opening"
        ? element("span", { class: "outcome" }, OUTCOMES[turn.outcome] || words(turn.outcome))
        : null,
      element("span", {}, solved),
      unsaid ? element("span", {}, `${unsaid} left unsaid`) : null,
    ),
    element("p", { class: "speaker" }, "User"),
    element("p", { class: "user said", dir: "auto" }, pieces(turn.request)),
    turn.levels.map((level) =>
      element(
        "div",
        { class: "calls" },
        level.length > 1 ? element("p", { class: "together" }, `${level.length} calls at once`) : null,
        level.map((call) => callBox(call, one)),
      ),
    ),
    turn.reply
      ? [
          element("p", { class: "speaker" }, "Assistant"),
          element("p", { class: "assistant said", dir: "auto" }, written(turn.reply)),
        ]
      : null,
  );
}

function writtenList(one, unfolded) {
  if (!one.written.length) return null;
  const refused = one.written.filter((entry) => entry[3]).length,
    accepted = one.written.length - refused;
  const entries = one.written.map(([stage, turn, attempt, verdict, logprob, text]) =>
    element(
      "li",
      {},
      element(
        "span",
        { class: "quiet", title: head.reasons[verdict] || null },
        `${stage}, turn ${turn + 1}, attempt ${attempt + 1}: ${verdict ? words(verdict) : "accepted"}` +
          (logprob == null ? "" : ` (mean log-probability ${logprob.toFixed(2)})`),
      ),
      element("pre", { dir: "auto" }, written(text)),
    ),
  );
  const last = accepted ? `${count(accepted)} accepted in the last attempt, which came to nothing` : "";
  const title = [refused || !last ? several(refused, "refused candidate") : "", last].filter(Boolean).join(", and ");
  return element(
    "details",
    { class: "refused", open: unfolded },
    element("summary", {}, title),
    element("ol", {}, entries),
  );
}

function proof(line, one) {
  const { frame } = one,
    used = new Set(line.used.map(([tool]) => tool));
  const votes =
    frame && frame.verdict
      ? `Verdict: ${words(frame.verdict[0])} (votes: ${frame.verdict[1].map(words).join(", ")}).`
      : null;
  const scores = Object.entries((frame && frame.verdict && frame.verdict[2]) || {});
  const met = scores.map(([criterion, share]) => `${words(criterion)} ${percent(share)}`).join(", ");
  const listed = (all) =>
    element(
      "ul",
      { class: "offer" },
      all.map((tool) =>
        element(
          "li",
          { class: used.has(tool) ? null : "idle", title: shown(head.tools[tool].description) },
          written(toolNames[tool]),
        ),
      ),
    );
  return element(
    "section",
    { class: "proof", "aria-label": "Proof" },
    votes ? element("p", {}, votes) : null,
    met ? element("p", { class: "quiet" }, `Votes that found a criterion met: ${met}.`) : null,
    frame
      ? [
          element("h3", {}, "Tools on offer"),
          element("p", { class: "quiet" }, "Those that no call uses are grey."),
          listed(frame.offer),
        ]
      : null,
    frame && frame.withheld.length
      ? [
          element("h3", {}, "Tools withheld"),
          element("p", { class: "quiet" }, "They are asked for, and the assistant does not have them."),
          listed(frame.withheld),
        ]
      : null,
    writtenList(one, line.status === "dropped"),
  );
}

function fate(line, one) {
  if (line.status === "rescued")
    return element("p", { class: "fate" }, "Rescued: a later turn failed, and these turns were kept.");
  if (line.status !== "dropped") return null;
  const kinds = one.frame ? one.frame.planned : [];
  const planned = one.frame
    ? ` ${several(line.turns, "turn")} of ${kinds.length} planned (${kinds.map(words).join(", ")}) were finished.`
    : " There was no scenario yet.";
  return element(
    "p",
    { class: "fate" },
    element("b", {}, `Dropped, ${words(line.reason)}: `),
    `${head.reasons[line.reason] || "of unknown meaning"}.${planned}`,
  );
}

function drawConversation(line, one) {
  const step = (label, by) => {
    const button = element("button", { type: "button" }, label);
    button.addEventListener("click", () => move(by));
    return button;
  };
  const frame = one.frame
    ? element("p", { class: "quiet" }, written(`${one.frame.persona}, on ${one.frame.date}`))
    : null;
  const box = byId("conversation");
  box.replaceChildren(
    ...[
      element("header", {}, element("h2", {}, line.id), step("Previous", -1), step("Next", 1)),
      frame,
      fate(line, one),
      ...one.turns.map((turn, number) => turnBox(turn, number, one)),
      proof(line, one),
    ].filter(Boolean),
  );
  box.scrollTop = 0;
}

function light(event) {
  const box = byId("conversation"),
    over = event && event.target.closest && event.target.closest("[data-links]");
  for (const lit of box.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (!over || !box.contains(over)) return;
  for (const link of over.dataset.links.split(" ").filter(Boolean)) {
    for (const other of box.querySelectorAll(`mark[data-links~="${link}"], .origin[data-links~="${link}"]`))
      other.classList.add("lit");
  }
}

for (const kind of ["mouseover", "focusin"]) byId("conversation").addEventListener(kind, light);
for (const kind of ["mouseleave", "focusout"]) byId("conversation").addEventListener(kind, () => light(null));
