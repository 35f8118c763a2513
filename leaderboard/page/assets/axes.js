// Scales, axes and keys of the figures that are drawn from rows.
const KINDS = { graph: "var(--graph)", profile: "var(--profile)", "no encoder": "var(--plain)" };
const SMALL = { "font-size": 11, fill: "var(--muted)" };

// About as wide as system fonts draw it, and rather wider.
const textWidth = (text, size = 11) => text.length * size * 0.62;
const ends = (values) => [Math.min(...values), Math.max(...values)];

const linear = ([low, high], [start, end]) => (value) => start + ((value - low) / (high - low || 1)) * (end - start);
const logarithmic = (domain, range) => {
  const scale = linear(domain.map(Math.log10), range);
  return (value) => scale(Math.log10(value));
};

// Round numbers within a domain, about as many as asked for.
function roundTicks([low, high], count) {
  const raw = (high - low || 1) / count, power = 10 ** Math.floor(Math.log10(raw));
  const size = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= raw * 0.999);
  const first = Math.ceil(low / size - 1e-6), last = Math.floor(high / size + 1e-6);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * size).toPrecision(6)));
}

const powersOfTen = ([low, high]) => {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  return Array.from({ length: last - first + 1 }, (_, index) => Number((10 ** (first + index)).toPrecision(1)));
};

// An interval widened to round ends.
function roundEnds(domain, count) {
  const ticks = roundTicks(domain, count), size = ticks.length > 1 ? ticks[1] - ticks[0] : (domain[1] - domain[0] || 1);
  return [Math.floor(domain[0] / size + 1e-6) * size, Math.ceil(domain[1] / size - 1e-6) * size];
}

function xAxis(ticks, x, [top, bottom], title, format = String) {
  const marks = ticks.flatMap((tick) => [
    shape("path", { d: `M${x(tick).toFixed(1)} ${top}V${bottom + 4}`, stroke: "var(--line)" }),
    words(x(tick), bottom + 16, format(tick), { "text-anchor": "middle", ...SMALL })]);
  if (title) marks.push(words((x(ticks[0]) + x(ticks.at(-1))) / 2, bottom + 33, title, { "text-anchor": "middle", ...SMALL }));
  return marks;
}

function yAxis(ticks, y, [left, right], title) {
  const marks = ticks.flatMap((tick) => [
    shape("path", { d: `M${left - 4} ${y(tick).toFixed(1)}H${right}`, stroke: "var(--line)" }),
    words(left - 8, y(tick) + 4, String(tick), { "text-anchor": "end", ...SMALL })]);
  const middle = (y(ticks[0]) + y(ticks.at(-1))) / 2;
  marks.push(words(0, 0, title, { "text-anchor": "middle", transform: `translate(11 ${middle}) rotate(-90)`, ...SMALL }));
  return marks;
}

// Names beside coloured dots, in as many lines as they need, and the height of these.
function key(entries, width) {
  let [x, y] = [8, 14];
  const marks = entries.flatMap(([text, fill]) => {
    const length = 22 + textWidth(text);
    if (x > 8 && x + length > width) [x, y] = [8, y + 17];
    const drawn = [shape("circle", { cx: x, cy: y - 4, r: 4, fill }), words(x + 8, y, text, { "font-size": 11 })];
    x += length;
    return drawn;
  });
  return { marks, height: y + 10 };
}

const rule = (x1, y1, x2, y2, attributes) =>
  shape("path", { d: `M${x1.toFixed(1)} ${y1.toFixed(1)}L${x2.toFixed(1)} ${y2.toFixed(1)}`, fill: "none", ...attributes });
const dashed = (x1, y1, x2, y2, score) =>
  hint(`measured again: ${score.toFixed(2)}`, rule(x1, y1, x2, y2, { stroke: "var(--accent)", "stroke-dasharray": "5 4" }));
const dot = (x, y, r, fill) => shape("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r, fill });
const hint = (text, ...marks) => shape("g", {}, shape("title", {}, text), ...marks);
