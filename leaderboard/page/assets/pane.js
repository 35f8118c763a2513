// Panes: figures larger than their place scroll inside it, are zoomed there, and show as many names as fit.
const pane = (label) => element("div", { class: "pane", tabindex: 0, role: "region", "aria-label": label });

function titledPanes(box, titles) {
  const made = titles.map(pane);
  box.replaceChildren(...titles.map((title, index) => element("div", {}, element("h4", {}, title), made[index])));
  return made;
}

// Panes that show the same rows and columns scroll together, and their names stay in sight.
function scrollTogether(places) {
  for (const scrolled of places) {
    scrolled.addEventListener("scroll", () => {
      for (const place of places) {
        place.scrollTo(scrolled.scrollLeft, scrolled.scrollTop);
        const [x, y] = [place.scrollLeft, place.scrollTop];
        for (const [side, at] of [["rows", `${x} 0`], ["columns", `0 ${y}`], ["corner", `${x} ${y}`]]) {
          place.querySelector(`[data-names=${side}]`).setAttribute("transform", `translate(${at})`);
        }
      }
    });
  }
}

// Of the names, the most important first, those that find a place where they overlap none before them. A place
// is the middle of a name's baseline; it is moved sideways to stay within the width.
function fittingNames(candidates, size, width) {
  const taken = [], kept = [];
  for (const { text, places, ...rest } of candidates) {
    const half = textWidth(text, size) / 2;
    for (const [at, y] of places) {
      const x = Math.max(half, Math.min(width - half, at));
      if (taken.some(([u, v, other]) => Math.abs(x - u) < half + other && Math.abs(y - v) < size)) continue;
      taken.push([x, y, half]);
      kept.push({ ...rest, text, x, y });
      break;
    }
  }
  return kept;
}
