// Draws everything, and lets a cell or a name choose the target.
const select = document.querySelector("[data-target]");

function showTarget() {
  const own = byTarget[select.selectedIndex];
  drawForest(document.querySelector("[data-forest]"), own);
  fillShortlist(document.querySelector("[data-shortlist]"), own);
  const [first, ...others] = all('[data-figure="shortlist"] th[aria-sort]');
  first.setAttribute("aria-sort", "ascending");
  for (const heading of others) heading.setAttribute("aria-sort", "none");
}

function startMatrix() {
  const box = document.querySelector("[data-matrix]"), readout = document.querySelector("[data-readout]");
  drawMatrix(box);
  drawMatrixLegend(document.querySelector("[data-matrix-legend]"));
  const cellAt = (event) => CELLS[event.target.dataset?.cell];
  box.addEventListener("pointerover", (event) => { if (cellAt(event)) readout.textContent = readCell(cellAt(event)); });
  box.addEventListener("click", (event) => {
    const target = cellAt(event)?.target ?? event.target.dataset?.column;
    if (target === undefined) return;
    select.selectedIndex = target;
    showTarget();
  });
}

function startDownloads() {
  const tableRows = (panel) => all("tr", panel).map((row) => [...row.children].map((cell) => cell.textContent.trim()));
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("button[data-download]");
    if (!button) return;
    const panel = button.closest("[data-figure]"), kind = panel.dataset.figure;
    const ofTarget = kind === "forest" || kind === "shortlist";
    const name = [DATA.name, ofTarget ? DATA.targets[select.selectedIndex] : "", kind].filter(Boolean).join(" ");
    if (button.dataset.download === "svg") saveSvg(name, panel);
    else if (kind === "matrix") saveCsv(name, toCsv(cellsCsv()));
    else if (kind === "calibration") saveCsv(name, toCsv(calibrationCsv()));
    else saveCsv(name, toCsv(tableRows(document.querySelector(ofTarget ? '[data-figure="shortlist"]' : '[data-figure="models"]'))));
  });
}

startTheme();
startMatrix();
drawCalibration(document.querySelector("[data-calibration]"));
select.addEventListener("change", showTarget);
showTarget();
startSorting();
startDownloads();
document.documentElement.dataset.ready = "yes";
