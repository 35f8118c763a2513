// Figures drawn from rows of data, when their view is first shown and again for another width.
const DRAW = { targets: drawTargets, seconds: drawSeconds, shares: drawShares, curves: drawCurves, ranks: drawRanks, forest: drawForest };

// Rows of a figure's table as objects.
const asObjects = ({ columns, rows }) =>
  rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));

function showFigures(view) {
  for (const figure of all("figure[data-draw]", view)) {
    const place = figure.querySelector(".pane"), width = place.clientWidth;
    if (place.dataset.drawn === String(width)) continue;
    place.dataset.drawn = width;
    place.replaceChildren(DRAW[figure.dataset.draw](DATA.figures[figure.dataset.figure], width));
  }
}
