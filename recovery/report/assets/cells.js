// The cells of the matrix, and how numbers are written.
const FIELDS = ["source", "target", "measured", "value", "low", "high", "shrunk", "chance"];
const CELLS = DATA.cells.map((cell) => Object.fromEntries(FIELDS.map((name, place) => [name, cell[place]])));
const byTarget = DATA.targets.map(() => []);
for (const cell of CELLS) byTarget[cell.target].push(cell);

const better = (one, other) => (DATA.lowerIsBetter ? one.value - other.value : other.value - one.value);
for (const own of byTarget) own.sort(better);

// One number of digits for a target: enough to tell its values apart.
function digitsOf(own) {
  const values = own.map((cell) => cell.value);
  const span = Math.max(...values) - Math.min(...values);
  return span > 0 ? Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(span)))) : 3;
}

const written = (value, digits) => (value === null ? "–" : value.toFixed(digits));
const percent = (share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;

function interval(cell, digits) {
  if (cell.measured) return "measured";
  if (cell.low === null && cell.high === null) return "unbounded";
  return `${cell.low === null ? "−∞" : written(cell.low, digits)} to ${cell.high === null ? "∞" : written(cell.high, digits)}`;
}
