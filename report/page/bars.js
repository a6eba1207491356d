// Bars beside each other and on top of each other, as comparisons and reproductions have them.
"use strict";

/// Names of users can be of any length: the middle of a long one is left out, before its last `tail` signs.
function shortened(text, most, tail = Math.floor((most - 1) / 2)) {
  const signs = [...text];
  if (signs.length <= most) return text;
  return `${signs.slice(0, most - 1 - tail).join("")}\u2026${signs.slice(-tail).join("")}`;
}

/// How strategies look; any other gets the look of none of them.
const strategyLooks = {
  data: {colour: (theme) => theme.grey, pattern: "hollow"},
  model: {colour: (theme) => theme.orange, pattern: "dots"},
  trick: {colour: (theme) => theme.purple, pattern: "cross"},
  hypar: {colour: (theme) => theme.blue},
  exhaustive: {colour: (theme) => theme.green, pattern: "lines"},
};
const otherLook = {colour: (theme) => theme.red, pattern: "lines"};

/// A bar's style. "hollow" bars have an outline alone, "hatched" ones stripes of their colour within it.
function barStyle(theme, {colour, pattern}) {
  if (pattern === "hollow") return {color: theme.card, borderColor: colour(theme), borderWidth: 1.5};
  if (pattern === "hatched") {
    return {color: theme.card, borderColor: colour(theme), borderWidth: 1.2, decal: {...decal(theme, "lines"), color: colour(theme)}};
  }
  return {color: colour(theme), borderColor: theme.card, borderWidth: 0.5, ...(pattern ? {decal: decal(theme, pattern)} : {})};
}

/// How high a plain legend of these names is, whose rows break where they are full.
function legendHeight(names, width) {
  const [row, sign] = [24, 40];
  let [rows, filled] = [1, 0];
  for (const name of names) {
    const wide = sign + echarts.format.getTextRect(name, `12px ${fontFamily}`).width;
    if (filled > 0 && filled + wide > width) [rows, filled] = [rows + 1, 0];
    filled += wide;
  }
  return 10 + row * rows;
}

/// The width that heights are worked out for, before a chart has its own.
const usualWidth = (narrow) => (narrow ? 320 : 1000);

/// The geometric mean of positive values.
function geometricMean(values) {
  return Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

/// Whether values lie so far apart that only a logarithmic axis shows them all.
function needsLogarithm(values) {
  const positive = values.filter((value) => value > 0);
  return positive.length > 0 && Math.max(...positive) / Math.min(...positive) > 30;
}

/// A number on an axis, without zeros at its end.
const plainNumber = (value) => String(Number(value.toPrecision(3)));

/// Lying bars of more categories have no numbers.
const mostLabelled = 16;

/// The axis of names that bars lie along, the first one at the top.
function lyingNames(theme, names, formatter, rest = {}) {
  return axis(theme, {
    type: "category", inverse: true, data: names, splitLine: {show: false}, ...rest,
    axisLabel: {interval: 0, hideOverlap: false, color: theme.text, formatter},
  });
}

/// Where grouped bars stand: they lie where the page is narrow, where there is one category alone, or where that is
/// asked for; `room` is how many pixels across a bar has that does not lie.
function barsPlace({narrow, width}, {categories, series, areLying = false}) {
  const isOne = categories.length === 1;
  return {
    isOne, isLying: narrow || isOne || areLying, names: isOne ? series.map(({name}) => name) : categories,
    room: width / (categories.length * (series.length + 1)),
  };
}

function barValueAxis(theme, {series, text, axisText = text, isLog, reference}) {
  if (!isLog) return axis(theme, {type: "value", axisLabel: {formatter: axisText}});
  const positive = series.flatMap(({values}) => values).filter((value) => value > 0);
  const least = 10 ** Math.floor(Math.log10(Math.min(...positive, reference ?? Infinity)));
  return axis(theme, {
    type: "log", min: least, max: 1.6 * Math.max(...positive, reference ?? 0), startValue: reference ?? least,
    axisLabel: {formatter: axisText, showMaxLabel: false},
  });
}

function barNameAxis({theme, narrow, width}, {names, isLying}) {
  const formatter = (name) => shortened(name, narrow ? 16 : isLying ? 40 : 26);
  if (isLying) return lyingNames(theme, names, formatter);
  const isTight = Math.max(...names.map((name) => Math.min(26, name.length))) * 7 > width / names.length;
  return axis(theme, {
    type: "category", data: names, splitLine: {show: false},
    axisLabel: {interval: 0, hideOverlap: false, color: theme.text, formatter, rotate: isTight ? 40 : 0},
  });
}

function barLabel(theme, {isLying, room}, {categories, text}) {
  return {
    show: isLying ? categories.length <= mostLabelled : room > 11, position: isLying ? "right" : "top",
    color: theme.text, fontSize: 10, distance: 3,
    ...(!isLying && room < 34 ? {rotate: 90, align: "left", verticalAlign: "middle"} : {}),
    formatter: ({value}) => (isThere(value) ? text(value) : ""),
  };
}

/// The series of grouped bars; a single category's are the bars of one series.
function barSeries(theme, place, what) {
  const {isOne, isLying} = place;
  const {series, reference} = what;
  const shared = {
    type: "bar", barMaxWidth: isLying ? 20 : 44, barGap: "8%", barCategoryGap: isOne ? "35%" : "18%",
    label: barLabel(theme, place, what),
  };
  const line = reference === undefined ? {} : {markLine: {
    silent: true, symbol: "none", lineStyle: {color: theme.muted, type: "dashed"},
    label: {show: false}, data: [{[isLying ? "xAxis" : "yAxis"]: reference}],
  }};
  if (isOne) {
    return [{...shared, ...line, data: series.map(({look, values}) => ({value: values[0], itemStyle: barStyle(theme, look)}))}];
  }
  return series.map(({name, look, values}, index) => ({
    ...shared, ...(index === 0 ? line : {}), name, data: values, itemStyle: barStyle(theme, look),
  }));
}

/// Bars of several series, side by side by category: {categories, series: [{name, look, values}], text, axisText, isLog,
/// reference, areLying}; a reference is a value that bars of a logarithmic axis begin at, marked by a line.
const groupedBars = {
  height: ({categories, series, areLying = false}, narrow) => {
    if (categories.length === 1) return 34 + 30 * series.length;
    if (!narrow && !areLying) return 400;
    const bar = categories.length > mostLabelled ? 7 : series.length > 4 ? 11 : 13;
    return 30 + legendHeight(series.map(({name}) => name), usualWidth(narrow)) + categories.length * (12 + bar * series.length);
  },

  option: (view, what) => {
    const {theme, width} = view;
    const {series, text} = what;
    const place = barsPlace(view, what);
    const {isOne, isLying} = place;
    const names = series.map(({name}) => name);
    const [valueAxis, nameAxis] = [barValueAxis(theme, what), barNameAxis(view, place)];
    return {
      ...(isOne ? {} : {legend: legend(theme, {data: names, type: "plain"})}),
      grid: {left: 8, right: isLying ? 48 : 8, bottom: 8, containLabel: true,
             top: isOne ? 4 : (isLying ? 0 : 16) + legendHeight(names, width)},
      tooltip: barTooltip(theme, (points) => {
        const there = points.filter(({value}) => isThere(value));
        return isOne ? tooltipLines(points[0].name, ...there.map(({value}) => text(value)))
                     : seriesLines(points[0].name, there, text);
      }),
      xAxis: isLying ? valueAxis : nameAxis,
      yAxis: isLying ? nameAxis : valueAxis,
      series: barSeries(theme, place, what),
    };
  },
};

/// Lying bars of parts on top of each other: {names, parts: [{name, look, values}], text, totals}, a total behind each.
const stackedRows = {
  height: ({names, parts}, narrow) =>
    36 + legendHeight(parts.map(({name}) => name), usualWidth(narrow)) + Math.max(18, Math.min(30, 900 / names.length)) * names.length,

  option: ({theme, narrow, width}, {names, parts, text, totals}) => ({
    legend: legend(theme, {data: parts.map(({name}) => name), type: "plain"}),
    grid: {left: 8, right: 68, top: legendHeight(parts.map(({name}) => name), width), bottom: 8, containLabel: true},
    tooltip: barTooltip(theme, (points) =>
      seriesLines(names[points[0].dataIndex], points.filter(({value}) => value > 0), text)),
    xAxis: axis(theme, {
      type: "value", axisLabel: {formatter: text, showMaxLabel: false},
      max: Math.max(...names.map((_, row) => parts.reduce((sum, {values}) => sum + values[row], 0))) || null,
    }),
    yAxis: lyingNames(theme, names, (name) => shortened(name, narrow ? 22 : width < 700 ? 28 : 48)),
    series: parts.map(({name, look, values}, index) => ({
      type: "bar", stack: "all", name, data: values, barMaxWidth: 20, barCategoryGap: "22%", itemStyle: barStyle(theme, look),
      ...(index === parts.length - 1 ? {label: {
        show: true, position: "right", color: theme.text, fontSize: 10, formatter: ({dataIndex}) => totals[dataIndex],
      }} : {}),
    })),
  }),
};

/// Of the components of an energy.
const componentLooks = {
  multiply_accumulate: {colour: (theme) => theme.blue},
  reduction: {colour: (theme) => theme.grey, pattern: "lines"},
  register_file: {colour: (theme) => theme.sky, pattern: "dots"},
  array: {colour: (theme) => theme.green},
  buffer: {colour: (theme) => theme.yellow, pattern: "dots"},
  tsv: {colour: (theme) => theme.purple, pattern: "cross"},
  dram: {colour: (theme) => theme.orange, pattern: "lines"},
  link: {colour: (theme) => theme.red},
  priced_link: {colour: (theme) => theme.red, pattern: "cross"},
  vector: {colour: (theme) => theme.yellow, pattern: "lines"},
  router: {colour: (theme) => theme.red, pattern: "dots"},
  accelerator_static: {colour: (theme) => theme.grey, pattern: "hollow"},
  link_static: {colour: (theme) => theme.red, pattern: "hollow"},
};
