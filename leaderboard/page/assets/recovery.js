// Figures of the selected model; drawn when their board is first shown, and again for another width.
function recoveryOf(root) {
  const board = DATA.recoveries[root.dataset.board];
  board.key = root.dataset.board;
  const number = (selector) => Number(root.querySelector(selector).value);
  const name = root.querySelector("[data-pick]").value;
  return { board, name, model: board.models[name], k: number("[data-edges]"), zoom: number("[data-zoom]"), graphZoom: number("[data-graph-zoom]") };
}

// What is drawn again when one of the choices changes.
const DEPENDENT = {
  "[data-pick]": [drawMatrices, drawGraph, drawTrees],
  "[data-zoom]": [drawMatrices],
  "[data-edges]": [drawGraph],
  "[data-graph-zoom]": [drawGraph],
};

function drawRecovery(root, choice = "[data-pick]") {
  const chosen = recoveryOf(root);
  for (const draw of DEPENDENT[choice]) draw(root, chosen);
}

function startRecovery(root) {
  for (const choice of Object.keys(DEPENDENT)) root.querySelector(choice).addEventListener("change", () => drawRecovery(root, choice));
  for (const kind of ["pointermove", "click"]) {
    root.querySelector("[data-heat]").addEventListener(kind, (event) => readCell(root, recoveryOf(root), event));
  }
}

function showRecovery(view) {
  const root = view.querySelector("[data-board]");
  if (!root || root.dataset.drawn === String(innerWidth)) return;
  if (!root.dataset.drawn) startRecovery(root);
  root.dataset.drawn = innerWidth;
  drawRecovery(root);
}
