// Forest plot: each claim's difference on every dataset, and over all of them.
const COMBINED = "all datasets";

function drawForest(table, width) {
  const rows = asObjects(table);
  const claims = [...Map.groupBy(rows, (row) => row.claim)], columns = Math.max(1, Math.min(3, Math.floor(width / 320))), each = width / columns;
  const datasets = [...new Set(rows.map((row) => row.dataset))].filter((name) => name !== COMBINED).concat(COMBINED);
  const names = Math.min(125, each * 0.38), line = 16, height = 34 + datasets.length * line + 26;
  const domain = ends([0, ...rows.flatMap((row) => [row.low, row.high, row.difference])].filter((value) => value !== null));
  const signed = (value) => `${value > 0 ? "+" : ""}${value}`;
  const marks = claims.flatMap(([claim, own], number) => {
    const left = (number % columns) * each, top = Math.floor(number / columns) * height + 26;
    const x = linear(domain, [left + names + 10, left + each - 18]), bottom = top + datasets.length * line;
    return [words(left + 4, top - 8, claim, { "font-size": 11, "font-weight": 600 }), ...xAxis(roundTicks(domain, 4), x, [top, bottom], "", signed),
      rule(x(0), top, x(0), bottom, { stroke: "var(--muted)", "stroke-dasharray": "3 3" }),
      ...datasets.map((name, index) => words(left + names, top + (index + 0.5) * line + 4, short(name, Math.floor(names / 5.8)), { "text-anchor": "end", ...SMALL, fill: "var(--ink)" })),
      ...own.flatMap((row) => forestRow(row, x, top + (datasets.indexOf(row.dataset) + 0.5) * line))];
  });
  return picture(width, Math.ceil(claims.length / columns) * height, "Differences per claim and dataset", ...marks);
}

function forestRow(row, x, y) {
  const isCombined = row.dataset === COMBINED, stroke = isCombined ? "var(--accent)" : "var(--muted)", at = x(row.difference);
  const interval = row.low === null ? [] : [rule(x(row.low), y, x(row.high), y, { stroke, "stroke-width": 1.5 })];
  const mark = isCombined ? shape("path", { d: `M${(at - 5).toFixed(1)} ${y}l5 -5l5 5l-5 5z`, fill: stroke }) : dot(at, y, 3.5, stroke);
  return [hint(`${row.claim}, ${row.dataset}: ${row.difference.toFixed(3)}`, ...interval, mark)];
}
