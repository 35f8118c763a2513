// A target's sources, best first, with their intervals.
const LINE = 18, LEFT = 132, RIGHT = 300, EDGE = 12;

// Round numbers within a range, about four of them.
function ticks(low, high) {
  const rough = (high - low) / 4 || 1, power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const first = Math.ceil(low / step), count = Math.floor(high / step) - first + 1;
  const digits = Math.max(0, -Math.floor(Math.log10(step)));
  return Array.from({ length: count }, (_, place) => ((first + place) * step)).map((at) => [at, at.toFixed(digits)]);
}

function drawForest(box, own) {
  const known = own.flatMap((cell) => [cell.value, cell.low, cell.high]).filter((each) => each !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const margin = (high - low) * 0.03 || 1;
  const x = (value) => LEFT + ((value - low + margin) / (high - low + 2 * margin)) * RIGHT;
  const height = own.length * LINE + 34, bottom = own.length * LINE + 6;
  const marks = ticks(low, high).flatMap(([at, text]) => [
    shape("line", { x1: x(at), x2: x(at), y1: 4, y2: bottom, stroke: "var(--line)" }),
    words(x(at), bottom + 14, text, { "text-anchor": "middle", fill: "var(--muted)" })]);
  own.forEach((cell, row) => {
    const y = row * LINE + LINE / 2 + 4;
    marks.push(words(LEFT - 10, y + 3.5, short(DATA.sources[cell.source], 20), { "text-anchor": "end", "font-size": 11 }));
    if (cell.measured) {
      marks.push(shape("rect", { x: x(cell.value) - 3.5, y: y - 3.5, width: 7, height: 7, fill: "var(--ink)" }));
      return;
    }
    const [from, to] = [cell.low === null ? LEFT : x(cell.low), cell.high === null ? LEFT + RIGHT : x(cell.high)];
    marks.push(shape("line", { x1: from, x2: to, y1: y, y2: y, stroke: "var(--accent)", "stroke-width": 1.6,
      "stroke-dasharray": cell.low === null || cell.high === null ? "2 3" : "none" }),
      shape("circle", { cx: x(cell.value), cy: y, r: 3.8, fill: "var(--accent)" }));
  });
  box.replaceChildren(picture(LEFT + RIGHT + EDGE, height, `${own.length} sources with their intervals`, ...marks));
}
