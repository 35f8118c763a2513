// Figures of the selected model; drawn when their board is first shown, and again for another width.
function recoveryOf(root) {
  const board = DATA.recoveries[root.dataset.board];
  board.key = root.dataset.board;
  const number = (selector) => Number(root.querySelector(selector).value);
  const name = root.querySelector("[data-pick]").value;
  return { board, name, model: board.models[name], k: number("[data-edges]"), zoom: number("[data-zoom]"), graphZoom: number("[data-graph-zoom]") };
}

function drawRecovery(root) {
  const { board, model, k, zoom, graphZoom } = recoveryOf(root);
  drawMatrices(root, board, model, zoom);
  drawGraph(root, board, model, k, graphZoom);
  drawTrees(root, board, model);
}

function startRecovery(root) {
  const redraw = { "[data-pick]": drawRecovery };
  redraw["[data-zoom]"] = () => { const { board, model, zoom } = recoveryOf(root); drawMatrices(root, board, model, zoom); };
  redraw["[data-edges]"] = () => { const { board, model, k, graphZoom } = recoveryOf(root); drawGraph(root, board, model, k, graphZoom); };
  redraw["[data-graph-zoom]"] = redraw["[data-edges]"];
  for (const [selector, draw] of Object.entries(redraw)) root.querySelector(selector).addEventListener("change", () => draw(root));
  for (const kind of ["pointermove", "click"]) {
    root.querySelector("[data-heat]").addEventListener(kind, (event) => {
      const { board, model } = recoveryOf(root);
      readCell(root, board, model, event);
    });
  }
}

function showRecovery(view) {
  const root = view.querySelector("[data-board]");
  if (!root || root.dataset.drawn === String(innerWidth)) return;
  if (!root.dataset.drawn) startRecovery(root);
  root.dataset.drawn = innerWidth;
  drawRecovery(root);
}
