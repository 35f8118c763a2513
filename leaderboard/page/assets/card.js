// A model card, opened from its row.
function facts(entries) {
  return element("dl", { class: "facts" }, ...entries.map(([name, value]) =>
    element("div", {}, element("dt", {}, name), element("dd", {}, String(value)))));
}

function targetBars(names, values) {
  return element("div", { class: "bars" }, ...names.flatMap((name, index) => {
    const value = values[index];
    const share = Math.max(-1, Math.min(1, value ?? 0));
    return [element("span", {}, name),
      shape("svg", { viewBox: "-20 0 120 10", preserveAspectRatio: "none", "aria-hidden": "true" },
        shape("rect", { x: -20, y: 4, width: 120, height: 2, fill: "var(--soft)" }),
        shape("rect", { x: Math.max(-20, Math.min(0, share * 100)), y: 2, width: Math.min(Math.abs(share) * 100, share < 0 ? 20 : 100), height: 6, fill: share < 0 ? "var(--false)" : "var(--accent)" })),
      element("span", {}, value === null ? "–" : value.toFixed(3))];
  }));
}

function openCard(key, index) {
  const cards = DATA.cards[key], card = cards[index], dialog = document.getElementById("card");
  const config = DATA.configs[card.config];
  const body = element("div", { class: "body" });
  if (card.score) body.append(element("p", { class: "big" }, card.score), element("p", { class: "muted" }, "per-target Spearman, 95 % interval"));
  for (const [name, text] of Object.entries(card.words)) body.append(element("p", { class: "muted" }, `${name}: ${text}`));
  body.append(facts(Object.entries(card.facts)), element("h3", {}, "Class path"), element("code", {}, config["class path"]),
    element("h3", {}, "Init args"), element("pre", {}, JSON.stringify(config["init args"], null, 1)));
  const rest = Object.fromEntries(Object.entries(config).filter(([name]) => !["class path", "init args"].includes(name)));
  body.append(element("h3", {}, "Configuration"), element("pre", {}, JSON.stringify(rest, null, 1)));
  if (card.targets.length) {
    body.append(element("h3", {}, "Score per target"), targetBars(cards[0]["target names"], card.targets), cardDownload(`${card.name} per target`,
      () => [["target", "spearman"], ...cards[0]["target names"].map((name, at) => [name, card.targets[at] ?? ""])]));
  }
  if (card.curve.length > 1) {
    const box = element("div", { class: "curve" }, curvePicture(card.curve));
    body.append(element("h3", {}, "Training curve"), element("p", { class: "muted" }, "Grey: training; coloured: validation. Mean over the splits still training."), box,
      cardDownload(`${card.name} training`, () => [["step", "train_loss", "validation_loss"], ...card.curve], box));
  }
  if (Object.keys(card.metrics).length) body.append(element("h3", {}, "All metrics"), facts(Object.entries(card.metrics)));
  const close = element("button", { type: "button", class: "quiet" }, "Close");
  close.addEventListener("click", () => dialog.close());
  const heading = element("div", {}, element("h2", { id: "card-title" }, card.name),
    element("p", { class: "muted" }, `${card.rank ? `rank ${card.rank} · ` : ""}${DATA.titles[key]}`));
  dialog.replaceChildren(element("header", {}, heading, close), body);
  dialog.showModal();
  dialog.scrollTop = 0;
}

function cardDownload(name, rows, box) {
  const button = (words, save) => {
    const node = element("button", { type: "button", class: "quiet" }, words);
    node.addEventListener("click", save);
    return node;
  };
  return element("div", { class: "downloads" }, ...(box ? [button("SVG", () => saveSvg(name, box))] : []),
    button("CSV", () => saveCsv(name, toCsv(rows()))));
}

function startCards() {
  document.addEventListener("click", (event) => {
    const name = event.target.closest?.("button[data-card]");
    if (name) openCard(name.closest(".view").dataset.view, Number(name.dataset.card));
    else if (event.target.id === "card") event.target.close();
  });
}
