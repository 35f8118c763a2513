// Three matrices on one scale: ground truth, observed entries, and observed with recovered entries.
const CELL = 12, NAMES = 86, STEPS = 11, REACH = 250;

const colour = (score) =>
  `var(--q${Math.round(((Math.max(-REACH, Math.min(REACH, score)) + REACH) / (2 * REACH)) * (STEPS - 1))})`;

function heat(title, board, scores, hidden, kind) {
  const count = board.tasks.length;
  const size = NAMES + count * CELL + 4;
  const colours = groupColours(board.groups);
  const id = `hatch-${kind}-${board.key}`;
  const marks = [
    shape("defs", {}, shape("pattern", { id, width: 4, height: 4, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      shape("rect", { width: 4, height: 4, fill: "var(--card)" }), shape("rect", { width: 1.2, height: 4, fill: "var(--hatch)" }))),
    words(NAMES, 14, title, { "font-size": 12, "font-weight": 600 }),
  ];
  board.tasks.forEach((task, index) => {
    const at = NAMES + index * CELL;
    marks.push(
      shape("rect", { x: NAMES - 5, y: at + 1, width: 3, height: CELL - 2, fill: colours[index] }),
      shape("rect", { x: at + 1, y: NAMES - 5, width: CELL - 2, height: 3, fill: colours[index] }),
      words(NAMES - 8, at + 9, short(task, 13), { "text-anchor": "end", "font-size": 9 }),
      words(0, 0, short(task, 11), { "font-size": 9, transform: `translate(${at + 9} ${NAMES - 8}) rotate(-90)` }));
  });
  for (let source = 0; source < count; source += 1) {
    for (let target = 0; target < count; target += 1) {
      const position = source * count + target;
      if (scores[position] === null && !hidden.has(position)) continue;
      const [x, y] = [NAMES + target * CELL, NAMES + source * CELL];
      const empty = scores[position] === null;
      marks.push(shape("rect", { x, y, width: CELL - 0.6, height: CELL - 0.6, "data-cell": position,
        fill: empty ? `url(#${id})` : colour(scores[position]) }));
      if (kind === "recovered" && hidden.has(position) && !empty) {
        marks.push(shape("circle", { cx: x + CELL / 2 - 0.3, cy: y + CELL / 2 - 0.3, r: 1.5, fill: "var(--dot)", "pointer-events": "none" }));
      }
    }
  }
  return picture(size, size, `${title}: ${count} tasks as sources by rows and as targets by columns`, ...marks);
}

function drawMatrices(root, board, model) {
  const hidden = new Set(board.hidden);
  const observed = board.truth.map((score, position) => (hidden.has(position) ? null : score));
  const recovered = observed.map((score, position) => (hidden.has(position) ? model.scores[position] : score));
  root.querySelector("[data-heat]").replaceChildren(
    heat("Ground truth", board, board.truth, new Set(), "truth"),
    heat("Observed", board, observed, hidden, "observed"),
    heat("Recovered", board, recovered, hidden, "recovered"));
  const strip = Array.from({ length: STEPS }, (_, step) =>
    shape("rect", { x: step * 14, width: 14, height: 12, fill: `var(--q${step})` }));
  legend(root.querySelector("[data-heat-legend]"), [
    [{ width: 14 * STEPS, shapes: strip }, "−2.5 to 2.5 standard deviations; orange is better"],
    [{ shapes: [shape("rect", { width: 12, height: 12, fill: `url(#hatch-observed-${board.key})`, stroke: "var(--hatch)" })] }, "hidden"],
    [{ shapes: [shape("rect", { width: 12, height: 12, fill: "var(--q4)" }), shape("circle", { cx: 6, cy: 6, r: 1.8, fill: "var(--dot)" })] }, "predicted"],
  ]);
}

function readCell(root, board, model, position) {
  const count = board.tasks.length;
  const [source, target] = [Math.floor(position / count), position % count];
  const value = (score) => (score === null || score === undefined ? "–" : (score / 100).toFixed(2));
  const seen = board.hidden.includes(position) ? `hidden, recovered ${value(model.scores[position])}` : "observed";
  root.querySelector("[data-readout]").textContent =
    `${board.tasks[source]} → ${board.tasks[target]}: truth ${value(board.truth[position])}, ${seen}`;
}

function matricesCsv(board, model) {
  const count = board.tasks.length, hidden = new Set(board.hidden);
  const rows = [["source", "target", "source group", "target group", "truth", "hidden in split 0", "predicted while hidden"]];
  board.truth.forEach((truth, position) => {
    if (truth === null) return;
    const [source, target] = [Math.floor(position / count), position % count];
    const predicted = model.scores[position];
    rows.push([board.tasks[source], board.tasks[target], board.groups[source], board.groups[target], truth / 100,
      hidden.has(position), predicted === null ? "" : predicted / 100]);
  });
  return rows;
}
