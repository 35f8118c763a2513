// Lines with intervals: of what, by what; dashed: levels that hold everywhere.
function drawLines({ label, rows, levels = [], x: across, y: up }, width) {
  const lines = [...Map.groupBy(rows, (row) => row.line)];
  const height = 320, legendMarks = key(lines.map(([line], index) => [line, `var(--series-${index})`]), width);
  const top = legendMarks.height + 4, bottom = height - 42;
  const heights = roundEnds(ends([...rows.flatMap((row) => [row.y, row.low ?? row.y, row.high ?? row.y]), ...levels.map((level) => level.y)]), 5);
  const domain = across.domain ?? ends(rows.map((row) => row.x));
  const x = linear(domain, [56, width - 16]), y = linear(heights, [bottom, top]);
  const ticks = withRoom(across.ticks, x, across.format);
  // Beside each other as far as there is room, so that no interval covers another.
  const apart = Math.min(6, x(across.ticks[1]) - x(across.ticks[0])) / Math.max(lines.length / 3, 1);
  const drawn = lines.flatMap(([line, own], index) => {
    const stroke = `var(--series-${index})`;
    const at = (row) => x(row.x) + (row.low === null ? 0 : (index - (lines.length - 1) / 2) * apart);
    return [shape("polyline", { fill: "none", stroke, "stroke-width": 1.5, points: own.map((row) => `${at(row).toFixed(1)},${y(row.y).toFixed(1)}`).join(" ") }),
      ...own.map((row) => hint(`${line}, ${across.format(row.x)}: ${row.y.toFixed(3)}${row.low === null ? "" : ` (${row.low.toFixed(3)} to ${row.high.toFixed(3)})`}`,
        ...(row.low === null ? [] : [rule(at(row), y(row.low), at(row), y(row.high), { stroke, "stroke-width": 1.5, opacity: 0.6 })]), dot(at(row), y(row.y), lines.length > 5 ? 3 : 4, stroke)))];
  });
  const dashes = levels.flatMap((level) => [dashed(56, y(level.y), width - 16, y(level.y), level.y),
    words(width - 18, y(level.y) - 5, level.name, { "text-anchor": "end", ...SMALL })]);
  return picture(width, height, label, ...legendMarks.marks, ...xAxis(ticks, x, [top, bottom], across.title, across.format),
    ...yAxis(roundTicks(heights, 5), y, [56, width - 16], up.title), ...dashes, ...drawn);
}

// Ticks whose labels do not touch, from the last one back, which stays.
function withRoom(ticks, x, format) {
  let left = Infinity;
  return ticks.toReversed().filter((tick) => {
    const half = textWidth(format(tick)) / 2;
    if (x(tick) + half + 6 > left) return false;
    left = x(tick) - half;
    return true;
  }).toReversed();
}
