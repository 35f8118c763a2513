// Score against the missing ratio, with intervals; dashed: measuring the same matrix again.
function drawShares(table, width) {
  const rows = asObjects(table);
  const scored = rows.filter((row) => row.hidden !== null), again = rows.filter((row) => row.hidden === null);
  return drawLines({
    label: "Score against the missing ratio",
    rows: scored.map((row) => ({ line: row.model, x: row.hidden, y: row.spearman, low: row.low, high: row.high })),
    levels: again.map((row) => ({ name: row.model, y: row.spearman })),
    x: { title: "missing ratio", domain: [0.28, 0.72], ticks: [1 / 3, 1 / 2, 2 / 3], format: (tick) => tick.toFixed(2) },
    y: { title: "per-target Spearman, whole columns" },
  }, width);
}
