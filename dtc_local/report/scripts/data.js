// What the file holds: the head at once, conversations unpacked when they are looked at or searched.

const head = JSON.parse(byId("head").textContent);
const parts = [...document.querySelectorAll("script.part")];
const opened = new Map();
const texts = new Array(head.index.length);
const KEPT_OPEN = 8;
let reading = null;

const manySpaces = new Set(head.tools.map((tool) => tool.namespace)).size > 1;
const toolNames = head.tools.map((tool) => (manySpaces ? `${tool.namespace}/${tool.name}` : tool.name));

async function unpack(number) {
  const bytes = Uint8Array.from(atob(parts[number].textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).json();
}

function part(number) {
  if (!opened.has(number)) {
    if (opened.size >= KEPT_OPEN) opened.delete(opened.keys().next().value);
    opened.set(number, unpack(number));
  }
  return opened.get(number);
}

async function conversationAt(position) {
  return (await part(Math.floor(position / head.part)))[position % head.part];
}

const joined = (pieces) => pieces.map((piece) => (typeof piece === "string" ? piece : piece[0])).join("");

function searchable(line, one) {
  const found = [line.id, line.status, line.reason || "", line.kinds.join(" ")];
  if (one.frame) found.push(one.frame.persona, one.frame.date, ...one.frame.withheld.map((tool) => toolNames[tool]));
  for (const turn of one.turns) {
    found.push(joined(turn.request), turn.reply, turn.part, turn.outcome);
    for (const call of turn.levels.flat()) {
      found.push(toolNames[call.tool], joined(call.result));
      for (const [name, value] of call.arguments) found.push(name, joined(value));
    }
  }
  return found.join("\n").toLowerCase();
}

// Reads every conversation once, part by part, so that the page stays quick meanwhile.
function readAll() {
  reading ??= (async () => {
    for (let number = 0; number < parts.length; number += 1) {
      (await unpack(number)).forEach((one, place) => {
        const position = number * head.part + place;
        texts[position] = searchable(head.index[position], one);
      });
    }
  })();
  return reading;
}
