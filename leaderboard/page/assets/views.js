// One view at a time, the rankings over datasets or one board, selected by the URL fragment.
const chosen = (name) => document.querySelector(`input[name="${name}"]:checked`)?.value ?? "";

function show() {
  const setting = chosen("setting");
  const wanted = decodeURIComponent(location.hash.slice(1)) || "overall";
  const views = all(".view");
  const fits = (node) => !setting || node.dataset.setting === setting;
  let view = views.find((each) => each.dataset.view === wanted) ?? views[0];
  const dataset = view?.dataset.dataset;
  if (dataset && !fits(view)) view = views.find((each) => each.dataset.dataset === dataset && fits(each));
  for (const each of views) {
    each.hidden = dataset ? each !== view : each.dataset.view !== "overall" || !fits(each);
  }
  for (const bar of all("nav.boards")) bar.hidden = bar.dataset.dataset !== dataset;
  for (const link of all("nav.boards a")) {
    link.hidden = !fits(link);
    mark(link, view && link.getAttribute("href") === `#${view.dataset.view}`);
  }
  for (const link of all("nav.tabs a")) mark(link, link.dataset.dataset === dataset);
  document.getElementById("nothing").hidden = views.some((each) => !each.hidden);
  for (const each of views.filter((each) => !each.hidden)) {
    showFigures(each);
    showRecovery(each);
  }
}

function mark(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "page");
  else link.removeAttribute("aria-current");
}

function startViews() {
  addEventListener("hashchange", show);
  addEventListener("resize", show);
  for (const input of all('input[name="setting"]')) input.addEventListener("change", show);
  show();
}
