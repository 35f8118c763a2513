// Said against came true: levels of intervals, and chances to be the best; a dot grows with its cells.
function panel(title, across, up, points) {
  const [left, side] = [42, 170], x = (share) => left + share * side, y = (share) => 24 + (1 - share) * side;
  const marks = [words(left, 12, title, { "font-size": 12, "font-weight": 600 }),
    shape("rect", { x: left, y: 24, width: side, height: side, fill: "none", stroke: "var(--line)" }),
    shape("line", { x1: x(0), y1: y(0), x2: x(1), y2: y(1), stroke: "var(--muted)", "stroke-dasharray": "4 3" })];
  for (const share of [0, 0.5, 1]) {
    marks.push(words(x(share), 24 + side + 14, String(share), { "text-anchor": "middle", fill: "var(--muted)" }),
      words(left - 6, y(share) + 3, String(share), { "text-anchor": "end", fill: "var(--muted)" }));
  }
  marks.push(words(left + side / 2, 24 + side + 28, across, { "text-anchor": "middle", fill: "var(--muted)" }),
    words(0, 0, up, { "text-anchor": "middle", fill: "var(--muted)", transform: `translate(12 ${24 + side / 2}) rotate(-90)` }),
    ...points.map(([said, came, cells = 30]) => shape("circle", { cx: x(said), cy: y(came), r: (1.5 + 1.3 * Math.log10(1 + cells)).toFixed(1), fill: "var(--accent)" })));
  if (!points.length) marks.push(words(left + side / 2, 24 + side / 2, "too few cells", { "text-anchor": "middle", fill: "var(--muted)" }));
  return picture(left + side + 10, side + 58, title, ...marks);
}

function drawCalibration(box) {
  box.replaceChildren(panel("Intervals", "level", "share covered", DATA.calibration),
    panel("Best of its target", "chance", "share that is best", DATA.chances));
}

const calibrationCsv = () => [["what", "said", "came true"],
  ...DATA.calibration.map((each) => ["interval", ...each]), ...DATA.chances.map(([said, came]) => ["best", said, came])];
