// The similarity tree: sources on the right, merges to their left at the merge distance.
function tree(title, board, merges, width) {
  const count = board.sources.length, row = 14, top = 6, left = 4, names = Math.round(width * 0.45), right = width - left - names;
  const height = top + count * row + 8;
  const colours = groupColours(board.groups);
  const highest = Math.max(...merges.map(([, , at]) => at), 0.001);
  const x = (at) => left + right * (1 - at / highest);
  const order = (node) => (node < count ? [node] : merges[node - count].slice(0, 2).flatMap(order));
  const leaves = merges.length ? order(count + merges.length - 1) : [0];
  const place = new Map(leaves.map((leaf, position) => [leaf, { x: x(0), y: top + position * row + row / 2 }]));
  const marks = [];
  merges.forEach(([one, other, at], number) => {
    const [a, b] = [place.get(one), place.get(other)];
    place.set(count + number, { x: x(at), y: (a.y + b.y) / 2 });
    marks.push(shape("path", { d: `M${a.x.toFixed(1)} ${a.y.toFixed(1)}H${x(at).toFixed(1)}V${b.y.toFixed(1)}H${b.x.toFixed(1)}`, fill: "none", stroke: "var(--muted)", "stroke-width": 1.1 }));
  });
  for (const leaf of leaves) {
    const { x: at, y } = place.get(leaf), task = board.sources[leaf];
    marks.push(shape("circle", { cx: at + 6, cy: y, r: 3.5, fill: colours[task] }),
      words(at + 13, y + 3.2, short(board.tasks[task], Math.floor((names - 13) / 6.4)), { "font-size": 10 }));
  }
  return picture(width, height, `${title}: similarity tree of ${count} sources`, ...marks);
}

function drawTrees(root, { board, model }) {
  const box = root.querySelector("[data-trees]"), shown = [["Ground truth", board.tree], ["Recovered", model.tree]];
  titledPanes(box, shown.map(([title]) => title)).forEach((place, index) =>
    place.append(tree(shown[index][0], board, shown[index][1], place.clientWidth)));
}

function treesCsv(board, model) {
  const count = board.sources.length;
  const name = (node) => (node < count ? board.tasks[board.sources[node]] : `merge ${node - count + 1}`);
  const rows = [["tree", "merge", "first", "second", "distance"]];
  for (const [title, merges] of [["truth", board.tree], ["recovered", model.tree]]) {
    merges.forEach(([one, other, at], number) => rows.push([title, number + 1, name(one), name(other), at]));
  }
  return rows;
}
