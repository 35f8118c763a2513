// Score against the missing ratio, with intervals; dashed: measuring the same matrix again.
function drawShares(table, width) {
  const rows = asObjects(table);
  const scored = rows.filter((row) => row.hidden !== null), again = rows.filter((row) => row.hidden === null);
  const models = [...Map.groupBy(scored, (row) => row.model)];
  const height = 320, legendMarks = key(models.map(([model], index) => [model, `var(--series-${index})`]), width);
  const top = legendMarks.height + 4, bottom = height - 42;
  const scores = roundEnds(ends([...scored.flatMap((row) => [row.low, row.high]), ...again.map((row) => row.spearman)]), 5);
  const x = linear([0.28, 0.72], [56, width - 16]), y = linear(scores, [bottom, top]);
  const lines = models.flatMap(([model, own], index) => {
    // Beside each other, so that no interval covers another.
    const at = (row) => x(row.hidden) + (index - (models.length - 1) / 2) * 6, stroke = `var(--series-${index})`;
    return [shape("polyline", { fill: "none", stroke, "stroke-width": 1.5, points: own.map((row) => `${at(row).toFixed(1)},${y(row.spearman).toFixed(1)}`).join(" ") }),
      ...own.map((row) => hint(`${model}: ${row.spearman.toFixed(3)} (${row.low.toFixed(3)} to ${row.high.toFixed(3)})`,
        rule(at(row), y(row.low), at(row), y(row.high), { stroke, "stroke-width": 1.5, opacity: 0.6 }), dot(at(row), y(row.spearman), 4, stroke)))];
  });
  const retests = again.flatMap((row) => [dashed(56, y(row.spearman), width - 16, y(row.spearman), row.spearman),
    words(width - 18, y(row.spearman) - 5, row.model, { "text-anchor": "end", ...SMALL })]);
  return picture(width, height, "Score against the missing ratio", ...legendMarks.marks,
    ...xAxis([1 / 3, 1 / 2, 2 / 3], x, [top, bottom], "missing ratio", (tick) => tick.toFixed(2)),
    ...yAxis(roundTicks(scores, 5), y, [56, width - 16], "per-target Spearman, whole columns"), ...retests, ...lines);
}
