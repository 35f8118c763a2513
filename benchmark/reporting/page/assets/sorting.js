// Headings are buttons: a click, Enter or Space sorts by the column; a second one reverses the order.
function sortBy(heading) {
  const table = heading.closest("table");
  const column = [...heading.parentNode.children].indexOf(heading);
  const direction = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
  for (const each of all("thead th[aria-sort]", table)) each.setAttribute("aria-sort", "none");
  heading.setAttribute("aria-sort", direction);
  const body = table.tBodies[0];
  const keyed = all("tr", body).map((row) => [row, row.children[column].textContent.trim()]);
  const isNumber = keyed.some(([, text]) => text !== "–" && text !== "" && isFinite(text));
  const sign = direction === "ascending" ? 1 : -1;
  keyed.sort(([, one], [, other]) => {
    const [without, otherWithout] = [one, other].map((text) => text === "–" || text === "");
    if (without || otherWithout) return without - otherWithout;
    return sign * (isNumber ? one - other : one.localeCompare(other));
  });
  body.append(...keyed.map(([row]) => row));
}

function startSorting() {
  for (const button of all("thead th[aria-sort] button")) {
    button.addEventListener("click", () => sortBy(button.closest("th")));
  }
}
