// A training curve: losses by step, training and validation.
function curvePicture(points) {
  const width = 460, height = 170, left = 38, bottom = 26, top = 10;
  const losses = points.flatMap(([, train, validation]) => [train, validation]);
  const most = Math.max(...losses) * 1.05 || 1, last = points.at(-1)[0], first = points[0][0];
  const x = (step) => left + ((step - first) / (last - first || 1)) * (width - left - 12);
  const y = (loss) => top + (1 - loss / most) * (height - top - bottom);
  const line = (column, stroke) => shape("polyline", { fill: "none", stroke, "stroke-width": 1.8,
    points: points.map((point) => `${x(point[0]).toFixed(1)},${y(point[column]).toFixed(1)}`).join(" ") });
  const grid = [0, 0.5, 1].flatMap((share) => {
    const loss = (most / 1.05) * share;
    return [shape("path", { d: `M${left} ${y(loss)}H${width - 12}`, stroke: "var(--line)" }),
      words(left - 6, y(loss) + 3, loss.toFixed(2), { "text-anchor": "end", fill: "var(--muted)" })];
  });
  return picture(width, height, "Training curve: losses by step", ...grid, line(1, "var(--muted)"), line(2, "var(--accent)"),
    words(left, height - 6, `step ${first}`, { fill: "var(--muted)" }),
    words(width - 12, height - 6, `step ${last}`, { "text-anchor": "end", fill: "var(--muted)" }));
}
