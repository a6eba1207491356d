// A figure of a sweep over any two of its keys.
"use strict";

/// Keys that others may be compared within: each point against the one that differs from it in this key alone.
const mostCompared = 8;

function comparisonChoices() {
  const choices = {none: "nothing"};
  for (const key of varied.filter((each) => keys[each].values.length <= mostCompared)) {
    keys[key].values.forEach((value, number) => {
      choices[`${key}:${number}`] = `${keyNames[key]} ${shortened(value, 30)}`;
    });
  }
  return choices;
}

/// What a cell shows of a point: the figure, or how many times better it is than the point's counterpart.
function measureOf(figure, against) {
  if (against === "none") return {isMoreBetter: figures[figure].is_more_better, of: (point) => point.figures[figure], text: (value) => figureText(figure, value)};
  const [key, number] = against.split(":").map(Number);
  const counterparts = new Map(donePoints.filter(({at}) => at[key] === number).map((point) => [point.at.join(), point]));
  return {
    isMoreBetter: true,
    of: (point) => {
      const other = counterparts.get(point.at.map((value, each) => (each === key ? number : value)).join());
      if (other === undefined) return null;
      const [own, its] = [point.figures[figure], other.figures[figure]];
      const times = figures[figure].is_more_better ? own / its : its / own;
      return Number.isFinite(times) ? times : null;
    },
    text: (value) => `${format.ratio(value)} \u00d7`,
  };
}

/// The cells of a map: {x, y, point, value, compared, others}: the best of the shown points there, how many were compared
/// and how many are not done; no point where none is.
function heatCells(x, y, measure) {
  const cellsByPlace = new Map();
  const cellOf = ({at}) => {
    const place = `${at[x]},${y === null ? 0 : at[y]}`;
    if (!cellsByPlace.has(place)) {
      cellsByPlace.set(place, {x: at[x], y: y === null ? 0 : at[y], point: null, value: null, others: 0, compared: 0});
    }
    return cellsByPlace.get(place);
  };
  for (const point of shownPoints) {
    const value = measure.of(point);
    if (value === null) continue;
    const found = cellOf(point);
    found.compared += 1;
    if (found.point === null || (measure.isMoreBetter ? value > found.value : value < found.value)) Object.assign(found, {point, value});
  }
  for (const point of otherPoints.filter(isShown)) cellOf(point).others += 1;
  return [...cellsByPlace.values()];
}

/// What a map shows: a figure, against which value of a key, over the keys `x` and `y`; `y` is null where one key varies.
function firstMap() {
  const [x = 0, y = null] = varied;
  const isWider = y !== null && keys[x].values.length > keys[y].values.length;
  return {figure: 0, against: "none", ...(isWider ? {x: y, y: x} : {x, y})};
}

/// Reads the map's cells: those with a point, those without, and the best of all, null where there is none.
function readMap(map) {
  map.measure = measureOf(map.figure, map.against);
  const {isMoreBetter} = map.measure;
  map.cells = heatCells(map.x, map.y, map.measure);
  map.done = map.cells.filter(({point}) => point !== null);
  map.notDone = map.cells.filter(({point, others}) => point === null && others > 0);
  map.best = map.done.length === 0 ? null : (isMoreBetter ? largestBy : smallestBy)(map.done, ({value}) => value);
}

const valuesOf = (key) => (key === null ? ["all"] : keys[key].values);
const axisName = (key) => (key === null ? "" : keyNames[key]);
const foldedKeys = ({x, y}) => varied.filter((key) => key !== x && key !== y && fixed[key] === null);

/// Numbers of the values that have a cell, along "x" or "y".
const placesOf = (map, along) => [...new Set(map.cells.map((each) => each[along]))].sort((a, b) => a - b);

const measuredText = ({figure, against}) =>
  labelOf(figure) + (against === "none" ? "" : `, times better than with ${comparisonChoices()[against]}`);

function mapSummary(map) {
  const {measure, best, notDone} = map;
  if (best === null) return `No point that is shown has this.${shownText()}`;
  const folded = foldedKeys(map);
  return `${measuredText(map)}: ${measure.isMoreBetter ? "highest" : "least"} ${measure.text(best.value)}, ${pointName(best.point)}` +
         ` (marked with a star).${shownText()}` +
         (folded.length === 0 ? "" : ` Each cell is the best over ${folded.map((key) => keyNames[key]).join(", ")}.`) +
         (notDone.length > 0 ? " A cell without a colour that says so: no point is done." : "");
}

// --- Controls -------------------------------------------------------------------------------------------------------

/// The choices of the keys across and down; a key that is chosen for both makes them change places.
function axisChoices(map, renew) {
  const options = Object.fromEntries(varied.map((key) => [key, keyNames[key]]));
  const selects = {};
  const selectOf = (label, own, other) => {
    selects[own] = choice(label, options, (chosen) => {
      if (Number(chosen) === map[other]) map[other] = map[own];
      map[own] = Number(chosen);
      selects[other].lastElementChild.value = String(map[other]);
      renew();
    }, String(map[own]));
    return selects[own];
  };
  return [selectOf("across", "x", "y"), selectOf("down", "y", "x")];
}

function mapControls(map, renew) {
  const compared = choice("compared with", comparisonChoices(), (chosen) => {
    map.against = chosen;
    renew();
  });
  return [figureChoice("figure", map, "figure", renew), ...(map.y === null ? [] : axisChoices(map, renew)), compared];
}

// --- Drawing --------------------------------------------------------------------------------------------------------

/// Where cells stand and how wide they are in a chart of this width, and the scale of their colours.
function mapPlace(map, {narrow, width}) {
  const [column, row] = ["x", "y"].map((along) => new Map(placesOf(map, along).map((place, index) => [place, index])));
  return {
    across: [...column.keys()].map((place) => valuesOf(map.x)[place]),
    down: [...row.keys()].map((place) => valuesOf(map.y)[place]),
    at: ({x, y}) => [column.get(x), row.get(y)],
    cellWidth: (width - (narrow ? 110 : 220)) / column.size,
    scale: scaleOf(map.done.map(({value}) => value)),
  };
}

function mapTooltip(theme, map) {
  const linesOf = ({point, value, compared, others}) => (point === null ? [`${many(others, "point")} not done`] : [
    `${measuredText(map)}: ${map.measure.text(value)}`, ...(compared > 1 ? [`the best of ${many(compared, "point")}:`] : []),
    ...pointLines(point),
  ]);
  return tooltip(theme, {formatter: ({data}) => tooltipLines(...linesOf(data.cell))});
}

function mapLegend(theme, {best, measure}, {range, isLog, low, high}) {
  return rampLegend(theme, {
    show: best !== null, min: low, max: high === low ? low + 1 : high,
    text: best === null ? [] : [`${measure.text(range[1])}${isLog ? " (logarithmic)" : ""}`, measure.text(range[0])],
  });
}

function mapAxes({theme, narrow}, {x, y}, {across, down, cellWidth}) {
  const isTight = across.some((value) => Math.min(value.length, 16) * 7 > cellWidth);
  const axisOf = (key, values, rest, labels) => axis(theme, {
    type: "category", data: values, name: narrow ? "" : axisName(key), nameLocation: "middle", splitLine: {show: false},
    ...rest, axisLabel: {interval: values.length > 60 ? "auto" : 0, ...labels},
  });
  return {
    xAxis: axisOf(x, across, {nameGap: isTight ? 76 : 28}, {rotate: isTight ? 60 : 0, formatter: (name) => shortened(name, 14)}),
    yAxis: axisOf(y, down, {nameGap: 104, inverse: true}, {formatter: (name) => shortened(name, narrow ? 10 : 14)}),
  };
}

/// Cells with their numbers, where these have room; a star marks the best.
function doneCells(theme, {best, done, measure}, {at, cellWidth, scale}) {
  const isRoomy = cellWidth > 74;
  const frameOf = (isBest) => (isBest ? {borderColor: theme.red, borderWidth: 3} : {borderColor: theme.card, borderWidth: 1});
  return {
    type: "heatmap", emphasis: {disabled: true},
    data: done.map((each) => {
      const isBest = each === best;
      return {
        value: [...at(each), scale.of(each.value)], cell: each, itemStyle: frameOf(isBest),
        label: {
          show: isRoomy || isBest, color: inkOn(theme, scale.share(each.value)), fontSize: 11,
          formatter: () => (isRoomy ? `${isBest ? "\u2605 " : ""}${measure.text(each.value)}` : "\u2605"),
        },
      };
    }),
  };
}

function notDoneCells(theme, {notDone}, {at, cellWidth}) {
  const text = cellWidth > 60 ? "not done" : "\u2717";
  return {
    type: "scatter", symbol: "rect", symbolSize: [Math.max(6, cellWidth - 8), 16], z: 5, itemStyle: {color: "transparent"},
    data: notDone.map((each) => ({
      value: at(each), cell: each, label: {show: true, color: theme.text, fontSize: 11, formatter: () => text},
    })),
  };
}

function mapOption(view, map) {
  const {theme} = view;
  const place = mapPlace(map, view);
  return {
    grid: {left: 24, right: 12, top: 8, bottom: 62, containLabel: true},
    tooltip: mapTooltip(theme, map),
    visualMap: mapLegend(theme, map, place.scale),
    ...mapAxes(view, map, place),
    series: [doneCells(theme, map, place), notDoneCells(theme, map, place)],
  };
}

function mapTable(map) {
  const {x, y, measure} = map;
  return {
    head: [...[x, y].filter((key) => key !== null).map(axisName), measuredText(map), "points", "not done", "the best of them"],
    rows: [...map.cells].sort((a, b) => a.y - b.y || a.x - b.x).map((each) => [
      valuesOf(x)[each.x], ...(y === null ? [] : [valuesOf(y)[each.y]]),
      each.point === null ? null : {text: measure.text(each.value), value: each.value}, cells.count(each.compared), cells.count(each.others),
      each.point === null ? "" : pointName(each.point, foldedKeys(map)),
    ]),
  };
}

function addHeatMap() {
  const map = firstMap();
  addPointsChart(addSection("heat-map", "Over two keys", null, "heat map"), {
    title: "Heat map",
    read: () => readMap(map),
    summary: () => mapSummary(map),
    controls: (renew) => mapControls(map, renew),
    height: () => {
      const rows = placesOf(map, "y").length;
      return 140 + Math.max(18, Math.min(34, 760 / rows)) * rows;
    },
    option: (view) => mapOption(view, map),
    table: () => mapTable(map),
  });
}
