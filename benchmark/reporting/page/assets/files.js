// Files to save: a figure as SVG, with the page's colours resolved, and its data as CSV (RFC 4180).
function save(name, type, text) {
  const link = element("a", { href: URL.createObjectURL(new Blob([text], { type })), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

const fileName = (name, ending) => `${name.replace(/[^\p{L}\p{N}@+.-]+/gu, "-")}.${ending}`;
// A spreadsheet computes text that begins like a formula; behind an apostrophe it stays text.
const defused = (cell) => /^[=+@\t\r-]/.test(cell) && Number.isNaN(Number(cell)) ? `'${cell}` : String(cell);
const toCsv = (rows) => rows.map((row) => row.map(defused).map((cell) =>
  /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell).join(",")).join("\r\n") + "\r\n";
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
