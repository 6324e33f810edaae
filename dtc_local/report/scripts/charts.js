// Bars and histograms as plain SVG.

// One bar of `all`: what is left in full colour, what was lost here behind it in a lighter one.
function bar(left, before, all, label) {
  const scale = (number) => (all ? (100 * number) / all : 0);
  return drawn(
    "svg",
    { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": label },
    drawn("rect", { class: "track", width: 100, height: 10 }),
    drawn("rect", { class: "lost", width: scale(before), height: 10 }),
    drawn("rect", { class: "full", width: scale(left), height: 10 }),
  );
}

const WIDTH = 300,
  HEIGHT = 112,
  TOP = 18;

function histogram(data) {
  const total = data.bins.reduce((sum, [, number]) => sum + number, 0);
  const average = data.mean == null ? "nothing to count" : `mean ${data.share ? percent(data.mean) : mean(data.mean)}`;
  const note = `${average}; ${count(total)} ${data.unit}`;
  return element(
    "div",
    { class: "histogram" },
    element("h3", {}, data.title),
    element("p", { class: "quiet" }, note),
    data.bins.length ? columns(data, `${data.title}: ${note}. ${spoken(data)}`) : null,
  );
}

const spoken = (data) =>
  data.bins
    .filter(([, number]) => number)
    .map(([label, number]) => `${label}: ${count(number)}`)
    .join(", ");

function columns(data, label) {
  const most = Math.max(...data.bins.map(([, number]) => number));
  const step = WIDTH / data.bins.length,
    width = Math.min(step * 0.72, 40);
  const every = data.share ? 1 : Math.ceil(data.bins.length / 12);
  const columnsDrawn = data.bins.flatMap(([name, number], place) => {
    const height = most ? (HEIGHT * number) / most : 0;
    const middle = step * (place + 0.5),
      y = TOP + HEIGHT - height;
    return [
      drawn(
        "rect",
        { class: "full", x: middle - width / 2, y, width, height: number ? Math.max(height, 1) : 0, rx: 1.5 },
        drawn("title", {}, `${name}: ${count(number)}`),
      ),
      number && step > 22
        ? drawn("text", { class: "value", x: middle, y: y - 5, "text-anchor": "middle" }, compact(number))
        : null,
      place % every
        ? null
        : drawn("text", { x: middle, y: TOP + HEIGHT + 16, "text-anchor": "middle" }, tick(data, name, place)),
    ];
  });
  return drawn(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${TOP + HEIGHT + 22}`, role: "img", "aria-label": label },
    drawn("line", { class: "base", x1: 0, x2: WIDTH, y1: TOP + HEIGHT + 0.5, y2: TOP + HEIGHT + 0.5 }),
    columnsDrawn,
  );
}

const compact = (number) => (number < 10000 ? String(number) : `${Math.round(number / 1000)}k`);

// Shares have a label at none, half and all; the bins between say theirs when pointed at.
function tick(data, name, place) {
  if (!data.share) return name;
  return place === 0 || place === data.bins.length - 1 ? name : place === 5 ? "50%" : "";
}
