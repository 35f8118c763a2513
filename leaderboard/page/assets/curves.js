// What a track measures against how much was spent, a line per strategy.
function drawCurves(table, width) {
  const rows = asObjects(table), places = [...new Set(rows.map((row) => row.x))].toSorted((one, other) => one - other);
  const [low, high] = ends(places), room = (high - low) / 40;
  const few = places.length <= 8;
  return drawLines({
    label: table.label, rows, y: { title: table.y },
    x: { title: table.x, domain: [low - room, high + room], ticks: few ? places : roundTicks([low, high], 6),
      format: (place) => (table.percent ? `${Math.round(place * 100)} %` : String(place)) },
  }, width);
}
