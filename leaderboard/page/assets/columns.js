// A picker for the columns of a table that are not always there: a box per column, or per group of columns.
// A phone starts without them, a desk with all.
function startColumns() {
  const wide = matchMedia("(min-width: 961px)").matches;
  for (const table of all(".view table")) {
    const head = table.tHead.rows[table.tHead.rows.length - 1];
    const optional = [...head.children].filter((cell) => cell.classList.contains("opt"));
    const names = [...new Set(optional.map(columnName))];
    if (names.length < 2 || table.classList.contains("claims")) continue;
    const boxes = names.map((name) => {
      const box = element("input", { type: "checkbox" });
      box.checked = wide;
      box.addEventListener("change", () => showColumns(table, name, box.checked));
      return element("label", {}, box, element("span", {}, name));
    });
    const picker = element("details", { class: "columns" }, element("summary", {}, "Columns"),
      element("div", { class: "choices" }, ...boxes));
    table.closest(".scroll").before(picker);
  }
}

const columnName = (cell) => cell.dataset.group ?? cell.textContent.trim();

function showColumns(table, name, isShown) {
  const head = table.tHead.rows[table.tHead.rows.length - 1];
  const columns = [...head.children].flatMap((cell, index) => (columnName(cell) === name ? [index] : []));
  const cells = [head, ...table.tBodies[0].rows].flatMap((row) => columns.map((index) => row.children[index]));
  if (table.tHead.rows.length > 1) {
    cells.push(...[...table.tHead.rows[0].children].filter((cell) => cell.dataset.group === name));
  }
  for (const cell of cells) {
    cell.classList.toggle("on", isShown);
    cell.classList.toggle("off", !isShown);
  }
}
