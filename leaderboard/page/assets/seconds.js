// Score against time; models that no faster model beats are named where there is room.
function drawSeconds(table, width) {
  const rows = asObjects(table);
  const height = 300, legendMarks = key(Object.entries(KINDS), width), top = legendMarks.height + 4, bottom = height - 42;
  const times = powersOfTen(ends(rows.map((row) => row.seconds))), scores = roundEnds(ends([...rows.map((row) => row.spearman), table.attainable].filter((score) => score !== undefined)), 5);
  const x = logarithmic([times[0], times.at(-1)], [56, width - 16]), y = linear(scores, [bottom, top]);
  const points = rows.map((row) => hint(`${row.model}: ${row.spearman.toFixed(3)} in ${row.seconds.toPrecision(3)} s`,
    shape("circle", { cx: x(row.seconds).toFixed(1), cy: y(row.spearman).toFixed(1), r: 4, fill: KINDS[row.kind], opacity: 0.85 })));
  const named = front(rows).toReversed().map((row) => ({ text: row.model, places: [[x(row.seconds), y(row.spearman) - 8], [x(row.seconds), y(row.spearman) + 16]] }));
  const names = fittingNames(named, 11, width).slice(0, 6).map(({ text, x: at, y: line }) =>
    words(at, line, text, { "text-anchor": "middle", "font-size": 11, stroke: "var(--card)", "stroke-width": 3, "paint-order": "stroke" }));
  const again = table.attainable === undefined ? [] : [dashed(56, y(table.attainable), width - 16, y(table.attainable), table.attainable)];
  return picture(width, height, "Score against seconds", ...legendMarks.marks,
    ...xAxis(times, x, [top, bottom], "seconds, training and prediction"), ...yAxis(roundTicks(scores, 5), y, [56, width - 16], "per-target Spearman"), ...again, ...points, ...names);
}

function front(rows) {
  let most = -2;
  return rows.toSorted((one, other) => one.seconds - other.seconds || other.spearman - one.spearman).filter((row) => {
    const isBetter = row.spearman > most;
    most = Math.max(most, row.spearman);
    return isBetter;
  });
}
