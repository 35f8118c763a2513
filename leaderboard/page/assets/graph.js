// The task graph: the best sources of each target, recovered against true.
const EDGE_KINDS = { both: ["recovered", "var(--ink)", ""], missed: ["missed", "var(--missed)", "5 4"], false: ["false", "var(--false)", "1.5 3"] };
// From so many tasks on, circles are small and arrows thin.
const CROWD = 40;

// The best k sources of each target: "source target" -> [source, target], both positions among the tasks.
function topSources(board, scores, k) {
  const edges = new Map(), count = board.targets.length;
  board.targets.forEach((target, column) => {
    const known = board.sources.map((source, row) => [scores[row * count + column], source]).filter(([score]) => score !== null);
    known.sort((one, other) => other[0] - one[0] || one[1] - other[1]);
    for (const [, source] of known.slice(0, k)) edges.set(`${source} ${target}`, [source, target]);
  });
  return edges;
}

function compareEdges(board, model, k) {
  const truth = topSources(board, board.truth, k), found = topSources(board, model.scores, k);
  const edges = [];
  for (const [key, ends] of truth) edges.push({ ends, kind: found.has(key) ? "both" : "missed" });
  for (const [key, ends] of found) if (!truth.has(key)) edges.push({ ends, kind: "false" });
  return edges;
}

function arrows(board, edges, at, radius) {
  const marks = [shape("defs", {}, ...Object.entries(EDGE_KINDS).map(([kind, [, stroke]]) =>
    shape("marker", { id: `arrow-${kind}-${board.key}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 5.5, markerHeight: 5.5, orient: "auto" },
      shape("path", { d: "M0 0L8 4L0 8Z", fill: stroke }))))];
  const thin = board.tasks.length > CROWD ? 0.6 : 1;
  for (const kind of ["missed", "false", "both"]) {
    for (const { ends: [source, target] } of edges.filter((edge) => edge.kind === kind)) {
      const [[x, y], [u, v]] = [at[source], at[target]];
      const length = Math.hypot(u - x, v - y) || 1, [dx, dy] = [(u - x) / length, (v - y) / length];
      const bend = 0.12 * length, [mx, my] = [(x + u) / 2 - dy * bend, (y + v) / 2 + dx * bend];
      const [, stroke, dash] = EDGE_KINDS[kind];
      const [start, end] = [radius + 1, radius + 2];
      marks.push(shape("path", { d: `M${(x + dx * start).toFixed(1)} ${(y + dy * start).toFixed(1)}Q${mx.toFixed(1)} ${my.toFixed(1)} ${(u - dx * end).toFixed(1)} ${(v - dy * end).toFixed(1)}`,
        fill: "none", stroke, "stroke-width": thin * (kind === "both" ? 1.3 : 1.1), "stroke-dasharray": dash, opacity: kind === "missed" ? 0.8 : 1,
        "marker-end": `url(#arrow-${kind}-${board.key})` }));
    }
  }
  return marks;
}

const onlyTargets = (board) => board.targets.filter((target) => !board.sources.includes(target));

// Circles, or squares for tasks that are only targets, and the names that fit below or else above them: those
// of the tasks with the most arrows first.
function taskMarks(board, edges, at, radius, width) {
  const colours = groupColours(board.groups), degree = board.tasks.map(() => 0);
  for (const { ends } of edges) for (const end of ends) degree[end] += 1;
  const squares = new Set(onlyTargets(board));
  const points = at.map(([x, y], task) => hint(`${board.tasks[task]}${board.groups[task] ? `, ${board.groups[task]}` : ""}`,
    shape("rect", { x: (x - radius).toFixed(1), y: (y - radius).toFixed(1), width: 2 * radius, height: 2 * radius, rx: squares.has(task) ? 0 : radius,
      fill: colours[task], stroke: "var(--card)", "stroke-width": radius / 4, opacity: degree[task] ? 1 : 0.35 })));
  const named = at.map(([x, y], task) => ({ task, text: short(board.tasks[task], 18), places: [[x, y + radius + 11], [x, y - radius - 4]] }))
    .filter(({ task }) => degree[task] || at.length <= CROWD).sort((one, other) => degree[other.task] - degree[one.task]);
  const names = fittingNames(named, 11, width).map(({ text, x, y }) =>
    words(x, y, text, { "text-anchor": "middle", "font-size": 11, stroke: "var(--card)", "stroke-width": 3, "paint-order": "stroke", "pointer-events": "none" }));
  return [...points, ...names];
}

function drawGraph(root, { board, model, k, graphZoom: zoom }) {
  const place = pane("Task graph");
  root.querySelector("[data-graph]").replaceChildren(place);
  const width = place.clientWidth * zoom, height = Math.min(width, 560 * zoom), radius = board.tasks.length > CROWD ? 3.5 : 6;
  const at = board.layout.map(([x, y]) => [24 + x * (width - 48), 20 + y * (height - 44)]);
  const edges = compareEdges(board, model, k);
  place.append(picture(width, height, `Task graph, the best ${k} sources of each target`,
    ...arrows(board, edges, at, radius), ...taskMarks(board, edges, at, radius, width)));
  place.scrollTo((width - place.clientWidth) / 2, (height - place.clientHeight) / 2);
  const colours = groupColours(board.groups), groups = [...new Set(board.groups)].filter(Boolean);
  legend(root.querySelector("[data-graph-legend]"), [
    ...Object.entries(EDGE_KINDS).map(([kind, [text, stroke, dash]]) => [
      { width: 26, shapes: [shape("path", { d: "M1 6H25", stroke, "stroke-width": 1.6, "stroke-dasharray": dash })] },
      `${text} ${edges.filter((edge) => edge.kind === kind).length}`]),
    ...(onlyTargets(board).length ? [[{ shapes: [shape("rect", { x: 1, y: 1, width: 10, height: 10, fill: "var(--muted)" })] }, "only a target"]] : []),
    ...groups.map((group) => [{ shapes: [shape("circle", { cx: 6, cy: 6, r: 5, fill: colours[board.groups.indexOf(group)] })] }, group]),
  ]);
}

function graphCsv(board, model, k) {
  return [["source", "target", "edge"], ...compareEdges(board, model, k).map(({ ends: [source, target], kind }) =>
    [board.tasks[source], board.tasks[target], EDGE_KINDS[kind][0]])];
}
