// The matrix: colour by the place of a value within its target, fading by the width of its interval.
const STEPS = 11, FAINTEST = 0.25;

function looks(cell, own) {
  const values = own.map((each) => each.value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const place = high > low ? (cell.value - low) / (high - low) : 0.5;
  const good = DATA.lowerIsBetter ? 1 - place : place;
  const unbounded = cell.low === null || cell.high === null;
  const width = cell.measured ? 0 : unbounded ? 1 : high > low ? (cell.high - cell.low) / (2 * (high - low)) : 1;
  return { fill: `var(--q${Math.round(good * (STEPS - 1))})`, opacity: 1 - (1 - FAINTEST) * Math.min(1, width) };
}

function drawMatrix(box) {
  const size = DATA.targets.length > 60 ? 9 : 16, names = 104;
  const longest = Math.max(...DATA.targets.map((name) => Math.min(name.length, 16)));
  const top = 14 + 6 * longest;
  const [width, height] = [names + DATA.targets.length * size + 4, top + DATA.sources.length * size + 4];
  const marks = [];
  DATA.targets.forEach((name, column) => marks.push(words(0, 0, short(name, 16), {
    "font-size": Math.min(10, size), "data-column": column,
    transform: `translate(${names + column * size + size * 0.7} ${top - 6}) rotate(-90)` })));
  DATA.sources.forEach((name, row) => marks.push(words(names - 6, top + row * size + size * 0.72, short(name, 17), {
    "font-size": Math.min(10, size), "text-anchor": "end" })));
  CELLS.forEach((cell, number) => {
    const { fill, opacity } = looks(cell, byTarget[cell.target]);
    marks.push(shape("rect", { x: names + cell.target * size + 0.8, y: top + cell.source * size + 0.8, width: size - 1.6, height: size - 1.6,
      fill, "fill-opacity": opacity.toFixed(2), stroke: cell.measured ? "var(--ink)" : "none", "stroke-width": 1, "data-cell": number }));
  });
  const drawn = picture(width, height, `${DATA.sources.length} sources by ${DATA.targets.length} targets`, ...marks);
  drawn.style.minWidth = `${Math.min(width, 900) * 0.8}px`;
  drawn.style.maxWidth = `${width * 1.6}px`;
  // A small matrix is shown whole, a large one scrolls.
  if (height < 900) box.style.maxHeight = "none";
  box.replaceChildren(drawn);
}

function drawMatrixLegend(box) {
  const strip = Array.from({ length: STEPS }, (_, step) => shape("rect", { x: step * 12, width: 12, height: 12, fill: `var(--q${step})` }));
  const fading = [1, 0.6, FAINTEST].map((opacity, place) => shape("rect", { x: place * 14, width: 12, height: 12, fill: "var(--q9)", "fill-opacity": opacity }));
  legend(box, [
    [{ width: 12 * STEPS, shapes: strip }, "worst to best source of the target"],
    [{ shapes: [shape("rect", { x: 1, y: 1, width: 10, height: 10, fill: "var(--q8)", stroke: "var(--ink)" })] }, "measured"],
    [{ width: 42, shapes: fading }, "recovered: the fainter, the wider its interval"],
  ]);
}

function readCell(cell) {
  const digits = digitsOf(byTarget[cell.target]);
  return `${DATA.sources[cell.source]} → ${DATA.targets[cell.target]}: ${written(cell.value, digits)}, ${interval(cell, digits)}, chance to be the best ${percent(cell.chance)}`;
}

function cellsCsv() {
  return [["source", "target", ...FIELDS.slice(2)], ...CELLS.map((cell) =>
    [DATA.sources[cell.source], DATA.targets[cell.target], ...FIELDS.slice(2).map((name) => cell[name] ?? "")])];
}
