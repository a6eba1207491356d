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

function addHeatMap() {
  const axes = {x: varied[0] ?? 0, y: varied.length > 1 ? varied[1] : null};
  if (axes.y !== null && keys[axes.x].values.length > keys[axes.y].values.length) [axes.x, axes.y] = [axes.y, axes.x];
  let figure = 0;
  let against = "none";
  let measure;
  let found;
  let best;
  const read = () => {
    measure = measureOf(figure, against);
    found = heatCells(axes.x, axes.y, measure);
    best = found.filter(({point}) => point !== null)
        .reduce((least, each) => (least === null || (measure.isMoreBetter ? each.value > least.value : each.value < least.value) ? each : least), null);
  };
  const valuesOf = (key) => (key === null ? ["all"] : keys[key].values);
  /// Numbers of the values that have a cell, along "x" or "y".
  const placesOf = (along) => [...new Set(found.map((each) => each[along]))].sort((a, b) => a - b);
  const nameOf = (key) => (key === null ? "" : keyNames[key]);
  const folded = () => varied.filter((key) => key !== axes.x && key !== axes.y && fixed[key] === null);
  const measured = () => labelOf(figure) + (against === "none" ? "" : `, times better than with ${comparisonChoices()[against]}`);
  const summary = () => {
    if (best === null) return `No point that is shown has this.${shownText()}`;
    const rest = folded();
    return `${measured()}: ${measure.isMoreBetter ? "highest" : "least"} ${measure.text(best.value)}, ${pointName(best.point)}` +
           ` (marked with a star).${shownText()}` +
           (rest.length === 0 ? "" : ` Each cell is the best over ${rest.map((key) => keyNames[key]).join(", ")}.`) +
           (found.some(({point, others}) => point === null && others > 0) ? " A cell without a colour that says so: no point is done." : "");
  };
  const renew = () => {
    read();
    chart.renew(summary());
  };
  const axisChoices = Object.fromEntries(varied.map((key) => [key, keyNames[key]]));
  const selects = {};
  const axisChoice = (label, axis) => {
    const other = axis === "x" ? "y" : "x";
    selects[axis] = choice(label, axisChoices, (chosen) => {
      if (Number(chosen) === axes[other]) axes[other] = axes[axis];
      axes[axis] = Number(chosen);
      selects[other].lastElementChild.value = String(axes[other]);
      renew();
    }, String(axes[axis]));
    return selects[axis];
  };
  read();
  const section = addSection("heat-map", "Over two keys", null, "heat map");
  const chart = addChart(section, {
    title: "Heat map",
    renderer: areMany ? "canvas" : "svg",
    summary: summary(),
    controls: [
      choice("figure", figureChoices, (chosen) => {
        figure = Number(chosen);
        renew();
      }),
      ...(axes.y === null ? [] : [axisChoice("across", "x"), axisChoice("down", "y")]),
      choice("compared with", comparisonChoices(), (chosen) => {
        against = chosen;
        renew();
      }),
    ],
    height: () => {
      const rows = placesOf("y").length;
      return 140 + Math.max(18, Math.min(34, 760 / rows)) * rows;
    },
    option: ({theme, narrow, width}) => {
      const [columnOf, rowOf] = [placesOf("x"), placesOf("y")].map((places) => new Map(places.map((place, index) => [place, index])));
      const across = [...columnOf.keys()].map((place) => valuesOf(axes.x)[place]);
      const down = [...rowOf.keys()].map((place) => valuesOf(axes.y)[place]);
      const range = rangeOf(found.filter(({point}) => point !== null).map(({value}) => value));
      const scale = isWide(range) ? Math.log10 : (value) => value;
      const [least, most] = best === null ? [0, 1] : range.map(scale);
      const shareOf = (value) => (most === least ? 0 : (scale(value) - least) / (most - least));
      const cellWidth = (width - (narrow ? 110 : 220)) / across.length;
      const isTight = across.some((value) => Math.min(value.length, 16) * 7 > cellWidth);
      const numberOf = ({point, value}) => `${best.point === point ? "\u2605 " : ""}${measure.text(value)}`;
      const lines = ({point, value, compared}) => tooltipLines(
          `${measured()}: ${measure.text(value)}`, ...(compared > 1 ? [`the best of ${many(compared, "point")}:`] : []), ...pointLines(point));
      return {
        grid: {left: 24, right: 12, top: 8, bottom: 62, containLabel: true},
        tooltip: {
          ...commonOption(theme).tooltip,
          formatter: ({data}) => (data.cell.point === null ? tooltipLines(`${many(data.cell.others, "point")} not done`) : lines(data.cell)),
        },
        visualMap: {
          show: best !== null, min: least, max: most === least ? least + 1 : most, seriesIndex: 0, dimension: 2, orient: "horizontal", left: "center",
          bottom: 0, calculable: false, itemHeight: 140, itemWidth: 12, textStyle: {color: theme.muted}, inRange: {color: theme.ramp},
          text: best === null ? [] : [`${measure.text(range[1])}${scale === Math.log10 ? " (logarithmic)" : ""}`, measure.text(range[0])],
        },
        xAxis: axis(theme, {
          type: "category", data: across, name: narrow ? "" : nameOf(axes.x), nameLocation: "middle", nameGap: isTight ? 76 : 28, splitLine: {show: false},
          axisLabel: {interval: across.length > 60 ? "auto" : 0, rotate: isTight ? 60 : 0, formatter: (name) => shortened(name, 14)},
        }),
        yAxis: axis(theme, {
          type: "category", data: down, name: narrow ? "" : nameOf(axes.y), nameLocation: "middle", nameGap: 104, inverse: true, splitLine: {show: false},
          axisLabel: {interval: down.length > 60 ? "auto" : 0, formatter: (name) => shortened(name, narrow ? 10 : 14)},
        }),
        series: [
          {
            type: "heatmap", emphasis: {disabled: true},
            data: found.filter(({point}) => point !== null).map((each) => ({
              value: [columnOf.get(each.x), rowOf.get(each.y), scale(each.value)], cell: each,
              itemStyle: best.point === each.point ? {borderColor: theme.red, borderWidth: 3} : {borderColor: theme.card, borderWidth: 1},
              label: {
                show: cellWidth > 74 || best.point === each.point, color: inkOn(theme, shareOf(each.value)), fontSize: 11,
                formatter: () => (cellWidth > 74 ? numberOf(each) : "\u2605"),
              },
            })),
          },
          {
            type: "scatter", symbol: "rect", symbolSize: [Math.max(6, cellWidth - 8), 16], z: 5, itemStyle: {color: "transparent"},
            data: found.filter(({point, others}) => point === null && others > 0).map((each) => ({
              value: [columnOf.get(each.x), rowOf.get(each.y)], cell: each,
              label: {show: true, color: theme.text, fontSize: 11, formatter: () => (cellWidth > 60 ? "not done" : "\u2717")},
            })),
          },
        ],
      };
    },
    table: () => ({
      head: [...[axes.x, axes.y].filter((key) => key !== null).map(nameOf), measured(), "points", "not done", "the best of them"],
      rows: [...found].sort((a, b) => a.y - b.y || a.x - b.x).map((each) => [
        valuesOf(axes.x)[each.x], ...(axes.y === null ? [] : [valuesOf(axes.y)[each.y]]),
        each.point === null ? null : {text: measure.text(each.value), value: each.value}, cells.count(each.compared), cells.count(each.others),
        each.point === null ? "" : pointName(each.point, folded()),
      ]),
    }),
  });
  renewals.push(renew);
}
