// Which conversations are listed: those that match the form, in their order.

const form = byId("filters");
let asked = 0;

function fillFilters() {
  const kinds = [...new Set(head.index.flatMap((line) => line.kinds))].sort();
  const tools = [...new Set(head.index.flatMap((line) => asksFor(line).map(([tool]) => tool)))].sort((one, other) =>
    toolNames[one].localeCompare(toolNames[other]),
  );
  const reasons = new Map();
  for (const { reason } of head.index) if (reason) reasons.set(reason, (reasons.get(reason) || 0) + 1);
  options(
    form.elements.kind,
    kinds.map((kind) => [kind, words(kind)]),
  );
  options(
    form.elements.tool,
    tools.map((tool) => [tool, short(shown(toolNames[tool]), 60)]),
  );
  options(form.elements.status, [
    ["output", "kept or rescued"],
    ["kept", "kept"],
    ["rescued", "rescued"],
    ["dropped", "dropped"],
  ]);
  options(
    form.elements.reason,
    [...reasons].map(([reason, number]) => [reason, `${words(reason)} (${count(number)})`]),
  );
}

// Pairs of tool and kind of turn: those called, and those asked for in vain.
const asksFor = (line) => [...line.used, ...line.in_vain];

function options(select, values) {
  select.append(
    element("option", { value: "" }, "all"),
    ...values.map(([value, label]) => element("option", { value }, label)),
  );
}

function matches(line, text, wanted) {
  const { kind, tool, status, reason, unsaid, all } = wanted;
  if (status && (status === "output" ? line.status === "dropped" : line.status !== status)) return false;
  if (reason && line.reason !== reason) return false;
  if (unsaid && !line.unsaid) return false;
  if (
    tool
      ? !asksFor(line).some((pair) => pair[0] === Number(tool) && (!kind || pair[1] === kind))
      : kind && !line.kinds.includes(kind)
  )
    return false;
  return all.every((word) => text.includes(word));
}

function wantedNow() {
  const { kind, tool, status, reason, unsaid, words: typed } = form.elements;
  return {
    kind: kind.value,
    tool: tool.value,
    status: status.value,
    reason: reason.value,
    unsaid: unsaid.checked,
    all: typed.value.toLowerCase().split(/\s+/).filter(Boolean),
  };
}

// Lists what matches; the words are looked for in whole conversations, which the first search unpacks.
async function applyFilters() {
  const mine = ++asked,
    wanted = wantedNow();
  if (wanted.all.length) {
    if (texts.includes(undefined)) byId("found").textContent = "Reading all conversations\u2026";
    await readAll();
    if (mine !== asked) return;
  }
  const found = [];
  head.index.forEach((line, position) => {
    if (matches(line, texts[position] || "", wanted)) found.push(position);
  });
  listed(found);
  byId("found").textContent =
    found.length === head.index.length
      ? several(found.length, "conversation")
      : `${count(found.length)} of ${several(head.index.length, "conversation")}`;
}

// Shows the conversations that some figure of the overview counts.
function showOnly(values) {
  form.reset();
  for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
  location.hash = "#conversations";
  applyFilters().then(() => byId("list").focus());
}
