// Scores per target: a row per target, those that the best model orders best first, and a dot per model.
function drawTargets({ columns: [, ...models], rows, attainable }, width) {
  const colour = (index) => `var(--series-${index})`;
  const order = rows.toSorted((one, other) => (other[1] ?? -1) - (one[1] ?? -1));
  const columns = Math.max(1, Math.min(3, Math.floor(width / 330))), each = width / columns, perColumn = Math.ceil(order.length / columns);
  const names = Math.min(170, each * 0.4), line = 15, legendMarks = key(models.map((model, index) => [model, colour(index)]), width);
  const top = legendMarks.height + 20, bottom = top + perColumn * line;
  const domain = [Math.min(-0.2, ...rows.flatMap(([, ...scores]) => scores.map((score) => score ?? 0))), 1];
  const marks = [];
  for (let column = 0; column < columns; column += 1) {
    const left = column * each, x = linear(domain, [left + names + 8, left + each - 14]);
    marks.push(...[0, 0.5, 1].flatMap((tick) => [rule(x(tick), top - 6, x(tick), bottom, { stroke: "var(--line)" }),
      words(x(tick), top - 10, String(tick), { "text-anchor": "middle", ...SMALL })]));
    if (attainable !== undefined) marks.push(dashed(x(attainable), top - 6, x(attainable), bottom, attainable));
    order.slice(column * perColumn, (column + 1) * perColumn).forEach(([target, ...scores], index) => {
      const y = top + (index + 0.5) * line, known = scores.map((score, model) => [score, model]).filter(([score]) => score !== null);
      const [low, high] = ends(known.map(([score]) => score));
      marks.push(hint(`${target}: ${known.map(([score, model]) => `${models[model]} ${score.toFixed(3)}`).join(", ")}`,
        words(left + names, y + 3.5, short(target, Math.floor(names / 6)), { "text-anchor": "end", "font-size": 10 }),
        rule(x(low), y, x(high), y, { stroke: "var(--line)", "stroke-width": 2 }),
        ...known.toReversed().map(([score, model]) => dot(x(score), y, model === 0 ? 4 : 3, colour(model)))));
    });
  }
  return picture(width, bottom + 8, `Scores of ${models.length} models on ${order.length} targets`, ...legendMarks.marks, ...marks);
}
