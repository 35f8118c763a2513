// The task graph: the best sources of each target, recovered against true.
const EDGE_KINDS = { both: ["recovered", "var(--ink)", ""], missed: ["missed", "var(--missed)", "5 4"], false: ["false", "var(--false)", "1.5 3"] };

function topSources(scores, count, k) {
  const edges = new Map();
  for (let target = 0; target < count; target += 1) {
    const column = [];
    for (let source = 0; source < count; source += 1) {
      const score = scores[source * count + target];
      if (score !== null) column.push([score, source]);
    }
    column.sort((one, other) => other[0] - one[0] || one[1] - other[1]);
    for (const [, source] of column.slice(0, k)) edges.set(source * count + target, [source, target]);
  }
  return edges;
}

function compareEdges(board, model, k) {
  const count = board.tasks.length;
  const truth = topSources(board.truth, count, k), found = topSources(model.scores, count, k);
  const edges = [];
  for (const [key, ends] of truth) edges.push({ ends, kind: found.has(key) ? "both" : "missed" });
  for (const [key, ends] of found) if (!truth.has(key)) edges.push({ ends, kind: "false" });
  return edges;
}

function drawGraph(root, board, model, k) {
  const width = 460, height = 440, colours = groupColours(board.groups);
  const at = board.layout.map(([x, y]) => [50 + x * (width - 100), 26 + y * (height - 60)]);
  const edges = compareEdges(board, model, k);
  const marks = [shape("defs", {}, ...Object.entries(EDGE_KINDS).map(([kind, [, stroke]]) =>
    shape("marker", { id: `arrow-${kind}-${board.key}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 5.5, markerHeight: 5.5, orient: "auto" },
      shape("path", { d: "M0 0L8 4L0 8Z", fill: stroke }))))];
  for (const kind of ["missed", "false", "both"]) {
    for (const { ends: [source, target] } of edges.filter((edge) => edge.kind === kind)) {
      const [[x, y], [u, v]] = [at[source], at[target]];
      const length = Math.hypot(u - x, v - y) || 1, [dx, dy] = [(u - x) / length, (v - y) / length];
      const bend = 0.12 * length, [mx, my] = [(x + u) / 2 - dy * bend, (y + v) / 2 + dx * bend];
      const [, stroke, dash] = EDGE_KINDS[kind];
      marks.push(shape("path", { d: `M${(x + dx * 7).toFixed(1)} ${(y + dy * 7).toFixed(1)}Q${mx.toFixed(1)} ${my.toFixed(1)} ${(u - dx * 8).toFixed(1)} ${(v - dy * 8).toFixed(1)}`,
        fill: "none", stroke, "stroke-width": kind === "both" ? 1.3 : 1.1, "stroke-dasharray": dash, opacity: kind === "missed" ? 0.8 : 1,
        "marker-end": `url(#arrow-${kind}-${board.key})` }));
    }
  }
  at.forEach(([x, y], task) => marks.push(shape("g", {},
    shape("title", {}, `${board.tasks[task]}${board.groups[task] ? `, ${board.groups[task]}` : ""}`),
    shape("circle", { cx: x, cy: y, r: 6, fill: colours[task], stroke: "var(--card)", "stroke-width": 1.5 }),
    words(x, y + 17, short(board.tasks[task], 16), { "text-anchor": "middle", "font-size": 11, stroke: "var(--card)", "stroke-width": 3, "paint-order": "stroke" }))));
  root.querySelector("[data-graph]").replaceChildren(picture(width, height, `Task graph, the best ${k} sources of each target`, ...marks));
  const groups = [...new Set(board.groups)].filter(Boolean);
  legend(root.querySelector("[data-graph-legend]"), [
    ...Object.entries(EDGE_KINDS).map(([kind, [text, stroke, dash]]) => [
      { width: 26, shapes: [shape("path", { d: "M1 6H25", stroke, "stroke-width": 1.6, "stroke-dasharray": dash })] },
      `${text} ${edges.filter((edge) => edge.kind === kind).length}`]),
    ...groups.map((group) => [{ shapes: [shape("circle", { cx: 6, cy: 6, r: 5, fill: colours[board.groups.indexOf(group)] })] }, group]),
  ]);
}

function graphCsv(board, model, k) {
  return [["source", "target", "edge"], ...compareEdges(board, model, k).map(({ ends: [source, target], kind }) =>
    [board.tasks[source], board.tasks[target], EDGE_KINDS[kind][0]])];
}
