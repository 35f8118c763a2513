// The sources of a target as a table, best value first.
function fillShortlist(body, own) {
  const digits = digitsOf(own);
  body.replaceChildren(...own.map((cell, place) => element("tr", {},
    element("td", { class: "n k" }, String(place + 1)),
    element("th", { scope: "row" }, DATA.sources[cell.source]),
    element("td", { class: "n s" }, written(cell.value, digits)),
    element("td", { class: "n interval" }, interval(cell, digits)),
    element("td", { class: "n" }, cell.chance.toFixed(3)),
    element("td", { class: "n" }, written(cell.shrunk, digits)))));
}
