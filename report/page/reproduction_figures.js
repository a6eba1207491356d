// The figures of a reproduction in the paper's own forms: plans, bars, curves, heat maps of many plans.
"use strict";

/// Columns of rows, as they are called and drawn.
const columns = {
  paper: {label: "paper", pattern: "hatched", symbol: "circle", line: "dashed"},
  ours: {label: "ours", pattern: null, symbol: "circle", line: "solid"},
  papers_way: {label: "the paper's way", pattern: "dots", symbol: "triangle", line: "dotted"},
};

/// Keys that tell a row from the others stand before its numbers.
const keysOf = (row) => Object.keys(row).slice(0, Object.keys(row).indexOf("ours"));
const nameOfRow = (row) => keysOf(row).map((key) => row[key]).join(" ");
const isNumber = (value) => typeof value === "number";
const columnsOf = (rows) => Object.keys(columns).filter((column) => rows.some((row) => isNumber(row[column])));
const number = (value) => (isNumber(value) ? {text: format.ratio(value), value} : null);

/// How far ours are from the paper's, in words.
function distanceInWords(rows) {
  const known = rows.filter(({difference}) => isNumber(difference));
  if (known.length === 0) return "The paper has no numbers for it.";
  const far = largestBy(known, ({difference}) => Math.abs(difference));
  const sorted = known.map(({difference}) => Math.abs(difference)).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)];
  return `Of ${known.length} rows half are within ${format.percent(median)} of the paper's; furthest: ` +
         `${nameOfRow(far)}, ${format.signedPercent(far.difference)}.`;
}

function tableOfRows(rows) {
  const shown = columnsOf(rows);
  return {
    head: [...keysOf(rows[0]), ...shown.map((column) => columns[column].label), "ours / paper - 1"],
    rows: rows.map((row) => [
      ...keysOf(row).map((key) => String(row[key])), ...shown.map((column) => number(row[column])),
      cells.signedPercent(row.difference ?? null),
    ]),
  };
}

// --- Plans ----------------------------------------------------------------------------------------------------------

function addPlanGrids(section, rows) {
  const boxes = rows.map(({network, ours, paper, cells_apart: apart, layers}) => {
    const isApart = apart > 0;
    return element(
        "div", {"data-network": network},
        element("h3", {}, network),
        element("p", {class: "muted"}, isApart ? `${apart} cell${apart === 1 ? "" : "s"} apart, marked \u2260: ours, the paper's` : "as in the paper"),
        element("div", {class: "plans"}, planGrid(ours, layers, isApart ? paper : ours), isApart ? planGrid(paper, layers, ours) : null));
  });
  section.append(element("div", {class: "plans"}, boxes),
                 tableBehind("Plans", () => ({
                   head: ["network", "level", "ours", "paper", "cells apart"],
                   rows: rows.flatMap(({network, ours, paper, cells_apart: apart}) => ours.map((level, at) =>
                     [network, `H${at + 1}`, level, paper[at] ?? "", at === 0 ? cells.count(apart) : null])),
                 })));
}

// --- Bars and curves ------------------------------------------------------------------------------------------------

const seriesKeys = ["strategy", "topology"];
const palette = [(theme) => theme.blue, (theme) => theme.orange, (theme) => theme.green, (theme) => theme.purple];

/// A figure's rows as {categories, series: [{name, look, column, values}]}: a series for each strategy or topology and
/// each column.
function seriesOf(rows) {
  const keys = keysOf(rows[0]).filter((key) => key !== "metric");
  const seriesKey = keys.find((key) => seriesKeys.includes(key));
  const categoryOf = (row) => keys.filter((key) => key !== seriesKey)
      .map((key) => (key === "levels" ? `${row[key]} levels` : String(row[key]))).join(", ");
  const categories = [...new Set(rows.map(categoryOf))];
  const kinds = seriesKey === undefined ? [null] : [...new Set(rows.map((row) => row[seriesKey]))];
  const series = kinds.flatMap((kind, index) => {
    const own = kind === null ? rows : rows.filter((row) => row[seriesKey] === kind);
    const colour = strategyLooks[kind]?.colour ?? palette[index % palette.length];
    return columnsOf(own).map((column) => ({
      name: [kind, columns[column].label].filter((part) => part !== null).join(", "),
      kind, column, look: {colour, pattern: columns[column].pattern},
      values: categories.map((category) => own.find((row) => categoryOf(row) === category)?.[column] ?? null),
    }));
  });
  const areAgain = categories.map((category) => rows.find((row) => categoryOf(row) === category).again === true);
  return {categories, areAgain, series, hasKinds: seriesKey !== undefined};
}

/// A chart of rows whose axis can be linear or logarithmic.
function addScaled(section, {rows, text = "", ...what}) {
  const table = what.table ?? (() => tableOfRows(rows));
  addScaledChart(section, {summary: text + distanceInWords(rows), ...what, table});
}

const nameOfFigure = ({title}, metric = null) => (metric === null ? title : `${title}: ${metric}`);

/// The means of bars as rows of their table.
function meanRows(rows, series) {
  return [...new Set(series.map(({kind}) => kind))].map((kind) => {
    const meanOf = (column) => series.find((each) => each.kind === kind && each.column === column)?.values.at(-1) ?? null;
    const [ours, paper] = [meanOf("ours"), meanOf("paper")];
    return [...keysOf(rows[0]).map((key) => (seriesKeys.includes(key) ? kind : "gmean")), ...columnsOf(rows).map((column) => number(meanOf(column))),
            cells.signedPercent(ours === null || paper === null ? null : ours / paper - 1)];
  });
}

const isGain = (figure) => !figure.title.includes("communication");

function addBarFigure(section, figure, rows, title) {
  const what = seriesOf(rows);
  const hasMeans = what.hasKinds && what.categories.length > 2;
  if (hasMeans) {
    what.categories.push("gmean");
    for (const {values} of what.series) {
      const counted = values.filter((_, index) => !what.areAgain[index]);
      values.push(counted.every((value) => value > 0) ? geometricMean(counted) : null);
    }
  }
  const values = rows.flatMap((row) => columnsOf(rows).map((column) => row[column])).filter(isNumber);
  const reference = isGain(figure) ? {reference: 1} : {};
  addScaled(section, {
    rows, title, name: nameOfFigure(figure, title), isLog: needsLogarithm(values),
    text: hasMeans ? "gmean: the geometric mean of the bars shown, where all are there; none stands in it twice. " : "",
    height: (narrow) => groupedBars.height(what, narrow),
    option: (view, isLog) => groupedBars.option(view, {...what, text: format.ratio, axisText: plainNumber, isLog, ...reference}),
    table: () => {
      const table = tableOfRows(rows);
      return {head: table.head, rows: [...table.rows, ...(hasMeans ? meanRows(rows, what.series) : [])]};
    },
  });
}

/// A curve; numbers stand at ours alone.
function curveSeries({theme, narrow}, {name, look, column, values}) {
  const isOurs = column === "ours";
  const color = look.colour(theme);
  return {
    type: "line", name, data: values, symbol: columns[column].symbol, symbolSize: isOurs ? 8 : 7,
    itemStyle: column === "paper" ? {color: theme.card, borderColor: color, borderWidth: 1.5} : {color},
    lineStyle: {color, width: isOurs ? 2.5 : 1.5, type: columns[column].line},
    label: {
      show: isOurs && !narrow, position: name.startsWith("data") ? "bottom" : "top", color: theme.text, fontSize: 10,
      distance: 7, formatter: ({value}) => format.ratio(value),
    },
  };
}

function addCurves(section, figure, rows) {
  const {categories, series} = seriesOf(rows);
  const names = series.map(({name}) => name);
  addScaled(section, {
    rows, title: null, name: nameOfFigure(figure), isLog: false,
    height: (narrow) => (narrow ? 300 : 360) + legendHeight(names, usualWidth(narrow)),
    option: (view, isLog) => {
      const {theme, width} = view;
      return {
        legend: legend(theme, {data: names, type: "plain"}),
        grid: {left: 8, right: 24, top: 10 + legendHeight(names, width), bottom: 28, containLabel: true},
        tooltip: tooltip(theme, {trigger: "axis", formatter: (points) =>
          seriesLines(`${points[0].name} accelerators`, points.filter(({value}) => isNumber(value)), format.ratio)}),
        xAxis: axis(theme, {type: "category", data: categories, name: "accelerators", nameLocation: "middle", nameGap: 26,
                            boundaryGap: false}),
        yAxis: axis(theme, {type: isLog ? "log" : "value", axisLabel: {formatter: plainNumber}}),
        series: series.map((each) => curveSeries(view, each)),
      };
    },
  });
}

/// Of energies: what the gain is with each component beside multiply-accumulates and communication.
function addComponents(section, rows) {
  const own = rows.filter(({components}) => components !== undefined);
  if (own.length === 0) return;
  const names = Object.keys(own[0].components).filter((name) => own.some((row) => isNumber(row.components[name]?.gain_with)));
  section.append(tableBehind("Gain with each component", () => ({
    head: [...keysOf(own[0]), "paper", "these two alone", ...names.map((name) => `with ${spoken(name)}`)],
    rows: own.map((row) => [
      ...keysOf(row).map((key) => String(row[key])), number(row.paper), number(row.papers_way),
      ...names.map((name) => number(row.components[name].gain_with)),
    ]),
  })));
  section.lastElementChild.firstElementChild.textContent = "Table: multiply-accumulates and communication with each other component";
}

// --- Heat maps of many plans ----------------------------------------------------------------------------------------

/// The plans that have a name: the best of ours, the best of the paper's, the search's own.
function namedPlans({rows, peak}) {
  const [x, y] = keysOf(rows[0]);
  const isSame = (a, b) => a[x] === b[x] && a[y] === b[y];
  const ofPaper = rows.filter(({paper}) => isNumber(paper));
  const named = [];
  const add = (row, name) => {
    if (!isThere(row)) return;
    const found = named.find((entry) => isSame(entry.row, row));
    if (found) found.names.push(name);
    else named.push({row, names: [name]});
  };
  add(rows.find((row) => isSame(row, peak)), "our best");
  add(ofPaper.length === 0 ? null : largestBy(ofPaper, ({paper}) => paper), "the paper's best");
  add(rows.find((row) => row.is_strategys_own), "HyPar's");
  return named;
}

/// A figure's plans by their two keys: the keys `x` and `y`, their values `across` and `down`, what ours range over.
function planMap(figure) {
  const {rows} = figure;
  const [x, y] = keysOf(rows[0]);
  const ours = rows.map((row) => row.ours);
  return {
    rows, x, y, named: namedPlans(figure), least: Math.min(...ours), most: Math.max(...ours),
    across: [...new Set(rows.map((row) => row[x]))], down: [...new Set(rows.map((row) => row[y]))],
  };
}

function planMapSummary({rows, x, y, named, least, most}) {
  const said = named.map(({row, names}) => `${names.join(", ")}: ${x} ${row[x]}, ${y} ${row[y]}, ours ${row.ours.toFixed(3)}` +
                                           (isNumber(row.paper) ? `, the paper's ${row.paper}` : ""));
  return `${rows.length} plans, ours from ${least.toFixed(2)} to ${most.toFixed(2)}. Marked: ${said.join("; ")}.`;
}

function planCells({theme, width}, {rows, x, y, across, down, least, most}) {
  const shareOf = ({ours}) => (most === least ? 1 : (ours - least) / (most - least));
  return {
    type: "heatmap", emphasis: {disabled: true},
    data: rows.map((row) => ({
      value: [across.indexOf(row[x]), down.indexOf(row[y]), row.ours], row,
      label: {show: width > 700, color: inkOn(theme, shareOf(row)), fontSize: 10, formatter: () => row.ours.toFixed(2)},
    })),
    itemStyle: {borderColor: theme.card, borderWidth: 1},
  };
}

/// Frames around the cells of named plans, whose names stand beside them, or above where another one's are beside.
function planMarks({theme, narrow, width}, {x, y, across, down, named}) {
  const frame = {color: "transparent", borderColor: theme.red, borderWidth: 2.5, opacity: 1};
  const label = {
    show: true, distance: 6, color: theme.text, fontSize: 11, backgroundColor: theme.card, borderColor: theme.red,
    borderWidth: 1, borderRadius: 3, padding: [2, 4],
  };
  return {
    type: "scatter", symbol: "rect", symbolSize: [width / across.length * (narrow ? 0.7 : 0.85), narrow ? 16 : 24], z: 5,
    data: named.map(({row, names}, index) => {
      const at = across.indexOf(row[x]);
      const isBeside = named.slice(0, index).some((other) => other.row[y] === row[y]);
      const position = isBeside ? "top" : at < across.length / 2 ? "right" : "left";
      return {
        value: [at, down.indexOf(row[y])], row, itemStyle: frame, label: {...label, formatter: () => names.join(", "), position},
      };
    }),
  };
}

function planMapOption(view, map) {
  const {theme, narrow} = view;
  const {x, y, across, down, least, most} = map;
  const labels = {interval: 0, hideOverlap: false};
  return {
    grid: {left: 24, right: 8, top: 8, bottom: 64, containLabel: true},
    tooltip: tooltip(theme, {
      formatter: ({data: {row}}) => tooltipLines(`${x} ${row[x]}, ${y} ${row[y]}`, `ours: ${row.ours.toFixed(3)}`,
                                                 ...(isNumber(row.paper) ? [`paper: ${row.paper}`] : [])),
    }),
    visualMap: rampLegend(theme, {min: least, max: most, text: [most.toFixed(2), least.toFixed(2)]}),
    xAxis: axis(theme, {type: "category", data: across, name: x, nameLocation: "middle", nameGap: narrow ? 40 : 28,
                        axisLabel: {...labels, rotate: narrow ? 90 : 0}}),
    yAxis: axis(theme, {type: "category", data: down, name: y, nameLocation: "middle", nameGap: 44, inverse: true,
                        axisLabel: labels}),
    series: [planCells(view, map), planMarks(view, map)],
  };
}

function planMapTable({rows, x, y, named}) {
  return {
    head: [x, y, "ours", "paper", "ours / paper - 1", "which"],
    rows: [...rows].sort((a, b) => b.ours - a.ours).map((row) => [
      row[x], row[y], {text: row.ours.toFixed(3), value: row.ours}, number(row.paper), cells.signedPercent(row.difference),
      named.find((entry) => entry.row === row)?.names.join(", ") ?? "",
    ]),
  };
}

function addPlanMap(section, figure) {
  const map = planMap(figure);
  addChart(section, {
    title: null,
    name: nameOfFigure(figure),
    summary: planMapSummary(map),
    height: (narrow) => (narrow ? 400 : 520),
    option: (view) => planMapOption(view, map),
    table: () => planMapTable(map),
  });
}
