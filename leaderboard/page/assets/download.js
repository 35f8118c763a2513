// Downloads: every figure as SVG, and its data as CSV.
function tableRows(panel) {
  return all("tr", panel).filter((row) => !row.hidden && !row.classList.contains("groups")).map((row) => [...row.children].map((cell) => cell.textContent.trim().replace(/\s+/g, " ")));
}

function rowsOf(panel, key) {
  if (key in DATA.figures) return toCsv([DATA.figures[key].columns, ...DATA.figures[key].rows.map((row) => row.map((cell) => cell ?? ""))]);
  const kind = key.split("-").pop(), root = panel.closest("[data-board]");
  if (!root) return toCsv(tableRows(panel));
  const { board, model, k } = recoveryOf(root);
  return toCsv({ matrices: matricesCsv, graph: graphCsv, trees: treesCsv }[kind](board, model, k));
}

function startDownloads() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-download]");
    if (!button) return;
    const panel = button.closest("[data-figure]"), key = panel.dataset.figure;
    const view = panel.closest(".view"), kind = key.replace(/^b\d+-/, "");
    const title = DATA.titles[view.dataset.view];
    const name = title ? `${title} ${kind}` : kind;
    if (button.dataset.download === "svg") saveSvg(name, panel);
    else saveCsv(name, rowsOf(panel, key));
  });
}
