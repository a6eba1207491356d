// The page of `hypar reproduce silicon`: measurements of machines beside ours.
"use strict";

const sets = Object.entries(report.silicon);
const goals = sets.flatMap(([, {errors}]) => errors.filter(({met}) => met !== undefined));
const number = (value) => ({text: String(Number(value.toPrecision(4))), value});
const titleOf = ({of, where}) => [of, ...Object.entries(where ?? {}).map(([key, value]) => `${key} ${value}`)].join(", ");

function verdictOf({met}) {
  if (met === undefined) return element("span", {}, "no goal");
  return element("span", {class: met ? "met" : "missed"}, met ? "met" : "missed");
}

function addSiliconHeader() {
  const met = goals.filter((goal) => goal.met).length;
  addHeader({
    title: "Real machines beside ours",
    subtitle: `${many(sets.length, "set")} of measurements. Medians are of absolute differences, of rows that nothing was fitted to.`,
    tiles: [
      {name: "goals met", text: `${met} of ${goals.length}`, value: met, detail: "how near ours should be"},
      ...sets.map(([name, {errors}]) => ({
        name, text: format.percent(errors[0].judged.median), value: errors[0].judged.median, detail: `median, ${titleOf(errors[0])}`,
      })),
    ],
  });
}

function addErrors(section, errors) {
  section.append(makeTable({
    head: ["ours from the measured", "rows", "median", "furthest", "goal", "verdict"],
    rows: errors.map((error) => [
      titleOf(error), cells.count(error.judged.rows), cells.percent(error.judged.median), cells.signedPercent(error.judged.furthest),
      error.within !== undefined ? `each row within ${format.percent(error.within)}`
          : error.median_within !== undefined ? `median within ${format.percent(error.median_within)}` : "", verdictOf(error),
    ]),
  }));
}

/// Ours over the measured, both logarithmic; on the dashed line they are the same.
function comparedOption(points, theme) {
  const values = points.flatMap(({measured, ours}) => [measured, ours]);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const scale = (name, rest) => axis(theme, {type: "log", min: least / 1.5, max: most * 1.5, name,
                                             axisLabel: {formatter: (value) => String(Number(value.toPrecision(2)))}, ...rest});
  const marksOf = (isFitted, colour, symbol) => ({
    type: "scatter", name: isFitted ? "fitted" : "judged", symbol, symbolSize: 8, itemStyle: {color: colour},
    data: points.filter(({fitted}) => fitted === isFitted).map((point) => ({value: [point.measured, point.ours], point})),
  });
  return {
    grid: {left: 24, right: 24, top: 34, bottom: 32, containLabel: true},
    legend: points.some(({fitted}) => fitted) ? legend(theme) : undefined,
    tooltip: tooltip(theme, {
      formatter: ({data: {point}}) => (point === undefined ? "" : tooltipLines(
          point.name, `measured ${number(point.measured).text}, ours ${number(point.ours).text}`, format.signedPercent(point.difference))),
    }),
    xAxis: scale("measured", {nameLocation: "middle", nameGap: 26}),
    yAxis: scale("ours", {nameGap: 12}),
    series: [
      marksOf(false, theme.blue, "circle"), marksOf(true, theme.grey, "diamond"),
      {type: "line", name: "the same", symbol: "none", silent: true, lineStyle: {color: theme.muted, type: "dashed", width: 1},
       data: [[least / 1.5, least / 1.5], [most * 1.5, most * 1.5]]},
    ],
  };
}

function addCompared(section, set, compared) {
  const points = set.rows.filter((row) => row.compared[compared] !== null).map(({keys, fitted, compared: values}) => ({
    ...values[compared], keys, fitted, name: Object.entries(keys).map(([key, value]) => `${key} ${value}`).join(", "),
  }));
  const unit = set.units[compared];
  const furthest = largestBy(points, ({difference}) => Math.abs(difference));
  addChart(section, {
    title: unit === undefined ? compared : `${compared}, ${unit}`,
    summary: `${many(points.length, "row")}; furthest: ${furthest.name}, ${format.signedPercent(furthest.difference)}.`,
    height: (narrow) => (narrow ? 320 : 400),
    option: ({theme}) => comparedOption(points, theme),
    table: () => ({
      head: [...Object.keys(points[0].keys), "measured", "ours", "diff.", ""],
      rows: points.map(({keys, measured, ours, difference, fitted}) => [
        ...Object.values(keys), number(measured), number(ours), cells.signedPercent(difference), fitted ? "fitted" : "",
      ]),
    }),
  });
}

function addSet(name, set) {
  const section = addSection(name, `${name}: ${set.title}`, `Measured: ${set.source}.`, name);
  addErrors(section, set.errors);
  for (const compared of Object.keys(set.rows[0].compared)) addCompared(section, set, compared);
  const missing = [...new Set(set.rows.flatMap(({missing: text}) => text ?? []))];
  const notes = [...(set.fitted === "" ? [] : [`Fitted: ${set.fitted}.`]), ...missing.map((text) => `Missing: ${text}.`), ...set.notes];
  if (notes.length > 0) section.append(element("ul", {class: "plain"}, notes.map((note) => element("li", {}, note))));
}

addSiliconHeader();
for (const [name, set] of sets) addSet(name, set);
addFooter(`Drawn from silicon.json. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
