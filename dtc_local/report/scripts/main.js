// What is shown follows the address: #overview, #conversations, or #conversations/ID.

const positions = new Map(head.index.map((line, position) => [line.id, position]));

async function show(position) {
  current = position;
  reveal(position);
  drawRows();
  const one = await conversationAt(position);
  if (current === position) drawConversation(head.index[position], one);
}

function route() {
  const [view, id] = location.hash.slice(1).split("/");
  const conversations = view === "conversations";
  byId("overview-view").hidden = conversations;
  byId("conversations-view").hidden = !conversations;
  for (const link of document.querySelectorAll("nav a")) {
    if ((link.hash === "#conversations") === conversations) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!conversations) return;
  drawRows();
  const position = id ? positions.get(decodeURIComponent(id)) : (current ?? found[0]);
  if (position !== undefined) show(position);
  else
    byId("conversation").replaceChildren(
      element("p", { class: "empty" }, id ? "This report has no such conversation." : "There is no conversation."),
    );
}

drawOverview();
fillFilters();
for (const kind of ["input", "change"])
  form.addEventListener(kind, () => {
    applyFilters();
  });
form.addEventListener("submit", (event) => event.preventDefault());
form.addEventListener("reset", () => setTimeout(applyFilters, 0));
listed(head.index.map((line, position) => position));
applyFilters();
addEventListener("hashchange", route);
route();
