// Three matrices on one scale: ground truth, observed entries, and observed with recovered entries.
const NAMES = 86, LINE = 10, STEPS = 11, REACH = 250;
// The largest cell, and the smallest one with a gap and a dot, in pixels.
const LARGEST = 24, DOTTED = 5;

const step = (score) => Math.round(((Math.max(-REACH, Math.min(REACH, score)) + REACH) / (2 * REACH)) * (STEPS - 1));

// One path per fill, neighbours of a row joined: a matrix of 400 × 400 has no more elements than a small one.
function cellPaths(board, scores, hidden, cell, hatch) {
  const paths = new Map(), columns = board.targets.length, gap = cell < DOTTED ? 0 : 0.6;
  const fillOf = (position) => {
    if (scores[position] !== null) return `var(--q${step(scores[position])})`;
    return hidden.has(position) ? hatch : null;
  };
  board.sources.forEach((_, row) => {
    for (let column = 0; column < columns;) {
      const fill = fillOf(row * columns + column), first = column;
      do column += 1; while (!gap && column < columns && fillOf(row * columns + column) === fill);
      if (fill === null) continue;
      const [x, y, width] = [NAMES + first * cell, NAMES + row * cell, (column - first) * cell - gap].map((each) => each.toFixed(1));
      if (!paths.has(fill)) paths.set(fill, []);
      paths.get(fill).push(`M${x} ${y}h${width}v${(cell - gap).toFixed(1)}h-${width}z`);
    }
  });
  return [...paths].map(([fill, parts]) => shape("path", { fill, d: parts.join("") }));
}

function dots(board, scores, hidden, cell) {
  const columns = board.targets.length, radius = Math.min(1.8, cell / 8);
  const parts = [...hidden].filter((position) => scores[position] !== null).map((position) => {
    const x = NAMES + ((position % columns) + 0.5) * cell, y = NAMES + (Math.floor(position / columns) + 0.5) * cell;
    return `M${(x - radius).toFixed(1)} ${y.toFixed(1)}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0`;
  });
  return shape("path", { "data-dots": parts.length, fill: "var(--dot)", d: parts.join("") });
}

// Names of rows or columns, only every n-th where not all fit, and the colours of their groups.
function axisNames(board, tasks, cell, side) {
  const colours = groupColours(board.groups), every = Math.ceil(LINE / cell), room = Math.max(cell, LINE), thick = Math.max(cell - 2, 1);
  const isRow = side === "rows", length = NAMES + tasks.length * cell;
  const marks = [shape("rect", { width: isRow ? NAMES - 1 : length, height: isRow ? length : NAMES - 1, fill: "var(--card)" })];
  tasks.forEach((task, index) => {
    const at = NAMES + index * cell, middle = at + room / 2 + 3;
    marks.push(shape("rect", isRow ? { x: NAMES - 4, y: at, width: 3, height: thick, fill: colours[task] } : { x: at, y: NAMES - 4, width: thick, height: 3, fill: colours[task] }));
    if (index % every || at + room > length + 1) return;
    marks.push(isRow ? words(NAMES - 8, middle, short(board.tasks[task], 13), { "text-anchor": "end", "font-size": 9 })
      : words(0, 0, short(board.tasks[task], 12), { "font-size": 9, transform: `translate(${middle} ${NAMES - 8}) rotate(-90)` }));
  });
  return shape("g", { "data-names": side }, ...marks);
}

function heat(title, board, scores, hidden, kind, cell) {
  const [rows, columns] = [board.sources.length, board.targets.length];
  const id = `hatch-${kind}-${board.key}`;
  const marks = [
    shape("defs", {}, shape("pattern", { id, width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      shape("rect", { width: 4, height: 4, fill: "var(--card)" }), shape("rect", { width: 1.2, height: 4, fill: "var(--hatch)" }))),
    ...cellPaths(board, scores, hidden, cell, `url(#${id})`)];
  if (kind === "recovered" && cell >= DOTTED) marks.push(dots(board, scores, hidden, cell));
  marks.push(axisNames(board, board.sources, cell, "rows"), axisNames(board, board.targets, cell, "columns"),
    shape("rect", { "data-names": "corner", width: NAMES - 1, height: NAMES - 1, fill: "var(--card)" }));
  return picture(NAMES + columns * cell, NAMES + rows * cell, `${title}: ${rows} sources by rows and ${columns} targets by columns`, ...marks);
}

function drawMatrices(root, { board, model, zoom }) {
  const hidden = new Set(board.hidden);
  const observed = board.truth.map((score, position) => (hidden.has(position) ? null : score));
  const recovered = observed.map((score, position) => (hidden.has(position) ? model.scores[position] : score));
  const shown = [["Ground truth", board.truth, new Set(), "truth"], ["Observed", observed, hidden, "observed"], ["Recovered", recovered, hidden, "recovered"]];
  const box = root.querySelector("[data-heat]");
  const made = titledPanes(box, shown.map(([title]) => title));
  const cell = Math.min(LARGEST, (made[0].clientWidth - NAMES) / board.targets.length) * zoom;
  shown.forEach(([title, scores, without, kind], index) => made[index].append(heat(title, board, scores, without, kind, cell)));
  scrollTogether(made);
  box.dataset.cell = cell;
  const strip = Array.from({ length: STEPS }, (_, number) =>
    shape("rect", { x: number * 14, width: 14, height: 12, fill: `var(--q${number})` }));
  legend(root.querySelector("[data-heat-legend]"), [
    [{ width: 14 * STEPS, shapes: strip }, "−2.5 to 2.5 standard deviations; orange is better"],
    [{ shapes: [shape("rect", { width: 12, height: 12, fill: `url(#hatch-observed-${board.key})`, stroke: "var(--hatch)" })] }, "hidden"],
    [{ shapes: [shape("rect", { width: 12, height: 12, fill: "var(--q4)" }), shape("circle", { cx: 6, cy: 6, r: 1.8, fill: "var(--dot)" })] },
      cell < DOTTED ? "predicted: zoom in to see the dots" : "predicted"],
  ]);
}

function readCell(root, { board, model }, event) {
  const drawn = event.target.closest(".pane svg");
  if (!drawn) return;
  const corner = drawn.getBoundingClientRect(), cell = Number(root.querySelector("[data-heat]").dataset.cell);
  const [source, target] = [event.clientY - corner.top, event.clientX - corner.left].map((at) => Math.floor((at - NAMES) / cell));
  const position = source * board.targets.length + target;
  if (source < 0 || target < 0 || source >= board.sources.length || target >= board.targets.length || board.truth[position] === null) return;
  const value = (score) => (score === null || score === undefined ? "–" : (score / 100).toFixed(2));
  const seen = board.hidden.includes(position) ? `hidden, recovered ${value(model.scores[position])}` : "observed";
  root.querySelector("[data-readout]").textContent =
    `${board.tasks[board.sources[source]]} → ${board.tasks[board.targets[target]]}: truth ${value(board.truth[position])}, ${seen}`;
}

function matricesCsv(board, model) {
  const count = board.targets.length, hidden = new Set(board.hidden);
  const rows = [["source", "target", "source group", "target group", "truth", "hidden in split 0", "predicted while hidden"]];
  board.truth.forEach((truth, position) => {
    if (truth === null) return;
    const [source, target] = [board.sources[Math.floor(position / count)], board.targets[position % count]];
    const predicted = model.scores[position];
    rows.push([board.tasks[source], board.tasks[target], board.groups[source], board.groups[target], truth / 100,
      hidden.has(position), predicted === null ? "" : predicted / 100]);
  });
  return rows;
}
