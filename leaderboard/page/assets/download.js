// Downloads: every figure as SVG, with the page's colours resolved, and its data as CSV (RFC 4180).
function save(name, type, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const fileName = (name, ending) => `${name.replace(/[^\p{L}\p{N}@+.-]+/gu, "-")}.${ending}`;
const toCsv = (rows) => rows.map((row) => row.map((cell) =>
  /[",\r\n]/.test(cell) ? `"${String(cell).replaceAll('"', '""')}"` : String(cell)).join(",")).join("\r\n") + "\r\n";
const saveCsv = (name, text) => save(fileName(name, "csv"), "text/csv;charset=utf-8", `\ufeff${text}`);

// The drawings of a figure beside each other, whole and under their titles, wherever they are scrolled to.
function saveSvg(name, box) {
  const parts = all("svg", box).filter((svg) => svg.checkVisibility() && !svg.closest(".legend"));
  let width = 0, height = 0;
  const copies = parts.flatMap((svg) => {
    const copy = svg.cloneNode(true), title = svg.closest(".pane")?.parentNode.querySelector(":scope > h4");
    for (const names of all("[data-names]", copy)) names.removeAttribute("transform");
    copy.setAttribute("x", width);
    copy.setAttribute("y", title ? 20 : 0);
    const heading = title ? [words(width + 4, 14, title.textContent, { "font-size": 12, "font-weight": 600, "font-family": "system-ui, sans-serif" })] : [];
    width += Number(svg.getAttribute("width"));
    height = Math.max(height, Number(svg.getAttribute("height")) + (title ? 20 : 0));
    return [copy, ...heading];
  });
  const root = shape("svg", { xmlns: SVG, viewBox: `0 0 ${width} ${height}`, width, height },
    shape("rect", { width, height, fill: "var(--card)" }), ...copies);
  const colours = getComputedStyle(document.documentElement);
  const text = new XMLSerializer().serializeToString(root)
    .replace(/var\((--[\w-]+)\)/g, (_, variable) => colours.getPropertyValue(variable).trim());
  save(fileName(name, "svg"), "image/svg+xml", text);
}

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
