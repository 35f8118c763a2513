// Critical-difference diagram (Demšar, 2006): mean ranks with intervals; bars join what cannot be told apart.
function drawRanks(table, width) {
  const rows = asObjects(table);
  const names = Math.min(190, width * 0.42), line = 21, legendMarks = key(Object.entries(KINDS), width), top = legendMarks.height + 4;
  const position = new Map(rows.map((row, index) => [row.model, index])), step = 8;
  const groups = rows.filter((row) => row.joined_to).map((row) => [position.get(row.model), position.get(row.joined_to)]);
  const bottom = top + rows.length * line, left = names + 10 + groups.length * step;
  const most = Math.max(...rows.map((row) => row.high)), x = linear([1, most + 0.3], [left + 6, width - 14]);
  const y = (index) => top + (index + 0.5) * line;
  const ticks = roundTicks([1, most], 8).filter(Number.isInteger);
  return picture(width, bottom + 40, "Critical-difference diagram of mean ranks", ...legendMarks.marks,
    ...xAxis(ticks, x, [bottom, bottom], "mean rank"),
    ...groups.map(([first, last], number) => rule(names + 10 + number * step, y(first) - 4, names + 10 + number * step, y(last) + 4,
      { stroke: "var(--accent)", "stroke-width": 3, "stroke-linecap": "round" })),
    ...rows.map((row, index) => hint(`${row.model}: ${row.rank.toFixed(2)} (${row.low.toFixed(2)} to ${row.high.toFixed(2)})`,
      words(names, y(index) + 4, short(row.model, Math.floor(names / 6)), { "text-anchor": "end", "font-size": 11 }),
      rule(x(row.low), y(index), x(row.high), y(index), { stroke: "var(--muted)", opacity: 0.6 }), dot(x(row.rank), y(index), 4, KINDS[row.kind]))));
}
