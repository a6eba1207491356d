// The page of `hypar sweep`.
"use strict";

const fewFailures = 50;
const fewPoints = 30;

function addSweepHeader() {
  const total = Object.values(report.tally).reduce((sum, count) => sum + count, 0);
  const done = report.tally.done ?? 0;
  const missing = report.tally.missing ?? 0;
  const failed = total - done - missing;
  const bestTile = (name, figure) => {
    const best = bestOf(donePoints, figure);
    return best === null ? [] : [{name, text: figureText(figure, best.figures[figure]), value: best.figures[figure], detail: pointName(best)}];
  };
  const warnings = [];
  if (failed > 0) warnings.push(`${many(failed, "point")} of ${format.count(total)} failed: the reasons are below.`);
  if (missing > 0) warnings.push(`${many(missing, "point")} of ${format.count(total)} not run yet: the same command goes on.`);
  if (total > points.length) {
    warnings.push(`This page shows the first ${format.count(points.length)} of ${format.count(total)} points; results.csv and hypar query have all.`);
  }
  const extents = varied.map((key) => `${keyNames[key]} (${keys[key].values.length})`);
  addHeader({
    title: `Sweep ${report.sweep}`,
    subtitle: isAround ? `${many(keys.length, "number")} of an array, each halved and doubled alone.` : extents.length === 0 ? "No key varies." : `${extents.join(", ")}.`,
    warnings,
    tiles: [
      {name: "points", text: format.count(total), value: total},
      {name: "done", text: format.count(done), value: done, detail: total === 0 ? null : format.percent(done / total)},
      {name: "failed", text: format.count(failed), value: failed},
      ...(missing === 0 ? [] : [{name: "missing", text: format.count(missing), value: missing}]),
      ...bestTile("fastest", figureNumber("seconds")),
      ...bestTile("least energy", figureNumber("energy_joules")),
    ],
  });
}

/// A choice for each key: all of its values, or one. It holds for all charts below.
function addFilter() {
  const section = addSection("shown", "Points shown", "One value of a key, or all, in every chart below; a heat map shows the best of all.");
  section.append(element("div", {class: "controls"}, varied.map((key) => choice(
      keyNames[key], {all: "all", ...Object.fromEntries(keys[key].values.map((value, number) => [`v${number}`, shortened(value, 40)]))},
      (chosen) => show(key, chosen === "all" ? null : Number(chosen.slice(1)))))));
}

function addFailures() {
  const failed = otherPoints.filter(({status}) => status !== "missing");
  if (failed.length === 0) return;
  const details = tableBehind("Failed points", () => ({
    head: ["point", "which", "status", "reason"],
    rows: failed.map((point) => [String(point.number), pointName(point), point.status, point.error]),
  }));
  details.open = failed.length <= fewFailures;
  addSection("failures", "Failed points").append(details);
}

function addPoints() {
  const named = keys.map((_, key) => key);
  const details = tableBehind("All points", () => ({
    head: ["point", ...pointHead(named), "status", ...figures.map(({label}) => label), "reason"],
    rows: points.map((point) => [
      String(point.number), ...pointCells(point, named), point.status,
      ...figures.map((_, figure) => (point.figures === undefined ? null : figureCell(figure, point.figures[figure]))), point.error ?? "",
    ]),
  }));
  details.open = points.length <= fewPoints;
  addSection("points", "All points").append(details);
}

addSweepHeader();
if (isAround) addAround();
if (donePoints.length > 0) {
  if (!isAround) {
    if (varied.length > 0) addFilter();
    addHeatMap();
    addParallel();
  }
  addFront();
}
addFailures();
addPoints();
addFooter(`Drawn from results.sqlite. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
