// The list: as many rows as the window shows, whatever the number of conversations.

const ROW_HEIGHT = 76,
  SPARE_ROWS = 6;
let found = [];
let current = null;

function listed(positions) {
  found = positions;
  byId("rows").style.height = `${found.length * ROW_HEIGHT}px`;
  byId("list").scrollTop = Math.max(0, found.indexOf(current) * ROW_HEIGHT - 2 * ROW_HEIGHT);
  drawRows();
}

function drawRows() {
  const list = byId("list"),
    first = Math.max(0, Math.floor(list.scrollTop / ROW_HEIGHT) - SPARE_ROWS);
  const last = Math.min(found.length, first + Math.ceil(list.clientHeight / ROW_HEIGHT) + 2 * SPARE_ROWS);
  byId("rows").replaceChildren(...found.slice(first, last).map((position, place) => row(position, first + place)));
  if (!found.length) byId("rows").append(element("p", { class: "empty row" }, "No conversation matches."));
  const chosen = found.includes(current) ? `row-${current}` : "";
  if (chosen) list.setAttribute("aria-activedescendant", chosen);
  else list.removeAttribute("aria-activedescendant");
}

function row(position, place) {
  const line = head.index[position],
    number = line.id.slice(line.id.lastIndexOf("-") + 1);
  const tools = [...new Set(line.used.map(([tool]) => head.tools[tool].name))].join(", ");
  const fate = line.reason
    ? `dropped: ${words(line.reason)}`
    : line.solved == null
      ? line.status
      : `${line.status}, ${percent(line.solved)} solved`;
  const made = element(
    "div",
    {
      class: "row",
      role: "option",
      id: `row-${position}`,
      "aria-selected": String(position === current),
      "aria-posinset": place + 1,
      "aria-setsize": found.length,
    },
    element(
      "div",
      { class: "first" },
      element("b", {}, number),
      element("span", {}, line.kinds.map(words).join(", ") || "no scenario"),
      element("span", {}, fate),
    ),
    element(
      "div",
      { dir: "auto" },
      line.text ? written(line.text) : element("span", { class: "quiet" }, "no finished turn"),
    ),
    element(
      "div",
      { class: "last" },
      tools ? written(tools) : line.refused ? several(line.refused, "refused candidate") : "",
    ),
  );
  made.style.transform = `translateY(${place * ROW_HEIGHT}px)`;
  made.addEventListener("click", () => open(position));
  return made;
}

// The conversation so many places after the one that is open, among those listed.
function move(step) {
  if (!found.length) return;
  const place = found.indexOf(current);
  open(found[Math.min(found.length - 1, Math.max(0, place < 0 ? 0 : place + step))]);
}

function open(position) {
  const address = `#conversations/${encodeURIComponent(head.index[position].id)}`;
  if (location.hash === address) show(position);
  else location.hash = address;
}

function reveal(position) {
  const place = found.indexOf(position),
    list = byId("list");
  if (place < 0) return;
  const top = place * ROW_HEIGHT;
  if (top < list.scrollTop) list.scrollTop = top;
  else if (top + ROW_HEIGHT > list.scrollTop + list.clientHeight) list.scrollTop = top + ROW_HEIGHT - list.clientHeight;
}

byId("list").addEventListener("scroll", drawRows, { passive: true });
addEventListener("resize", () => {
  if (!byId("conversations-view").hidden) drawRows();
});
