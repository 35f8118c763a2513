// Filters by kind of model: a row's letters stand for directed, graph and Z; a capital letter negates.
function filterRows() {
  const wanted = ["d", "g", "z"].map(chosen).filter(Boolean);
  for (const body of all(".view tbody")) {
    const rows = all("tr[data-t]", body);
    if (!rows.length) continue;
    let shown = 0;
    for (const row of rows) {
      row.hidden = !wanted.every((letter) => row.dataset.t.includes(letter));
      shown += row.hidden ? 0 : 1;
    }
    const count = body.closest(".panel").querySelector(".count");
    count.textContent = wanted.length ? `${shown} of ${rows.length} models` : "";
  }
}

function startFilters() {
  for (const name of ["d", "g", "z"]) {
    for (const input of all(`input[name="${name}"]`)) input.addEventListener("change", filterRows);
  }
  filterRows();
}
