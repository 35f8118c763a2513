// Figures of the selected model; drawn when their board is first shown.
function recoveryOf(root) {
  const board = DATA.recoveries[root.dataset.board];
  board.key = root.dataset.board;
  const name = root.querySelector("[data-pick]").value;
  return { board, name, model: board.models[name], k: Number(root.querySelector("[data-edges]").value) };
}

function drawRecovery(root) {
  const { board, model, k } = recoveryOf(root);
  drawMatrices(root, board, model);
  drawGraph(root, board, model, k);
  drawTrees(root, board, model);
}

function showRecovery(view) {
  const root = view.querySelector("[data-board]");
  if (!root || root.dataset.drawn) return;
  root.dataset.drawn = "yes";
  root.querySelector("[data-pick]").addEventListener("change", () => drawRecovery(root));
  root.querySelector("[data-edges]").addEventListener("change", () => drawRecovery(root));
  root.querySelector("[data-heat]").addEventListener("pointerover", (event) => {
    const position = event.target.dataset?.cell;
    if (position === undefined) return;
    const { board, model } = recoveryOf(root);
    readCell(root, board, model, Number(position));
  });
  drawRecovery(root);
}
