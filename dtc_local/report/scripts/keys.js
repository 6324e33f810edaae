// The keyboard: views, search, list and conversation without a pointer.

const typing = () =>
  ["INPUT", "SELECT", "TEXTAREA"].includes(document.activeElement.tagName) &&
  document.activeElement.type !== "checkbox";
const inList = () => document.activeElement === byId("list") || document.activeElement === document.body;

function searchNow() {
  if (!location.hash.startsWith("#conversations")) location.hash = "#conversations";
  // The view is shown when the address has changed, which is later than now.
  setTimeout(() => form.elements.words.focus(), 0);
}

const KEYS = {
  "/": searchNow,
  "?": () => byId("keys").showModal(),
  1: () => {
    location.hash = "#overview";
  },
  2: () => {
    location.hash = "#conversations";
  },
  j: () => move(1),
  k: () => move(-1),
};
const LIST_KEYS = {
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  Home: () => move(-found.length),
  End: () => move(found.length),
  PageDown: () => move(8),
  PageUp: () => move(-8),
  Enter: () => enter(),
};

function enter() {
  if (current == null || !found.includes(current)) move(0);
  byId("conversation").focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
  const onList = !byId("conversations-view").hidden;
  if (event.key === "Escape" && onList) return byId("list").focus();
  if (event.key === "Enter" && document.activeElement === form.elements.words) {
    event.preventDefault();
    return applyFilters().then(() => {
      if (found.length) {
        move(0);
        byId("list").focus();
      }
    });
  }
  if (typing()) return;
  const act =
    KEYS[event.key] && (onList || !"jk".includes(event.key))
      ? KEYS[event.key]
      : onList && inList()
        ? LIST_KEYS[event.key]
        : null;
  if (!act) return;
  event.preventDefault();
  act();
});

byId("keys-button").addEventListener("click", () => byId("keys").showModal());
