// Every point of a sweep as a line across its keys and figures.
"use strict";

const drawnFigures = ["seconds", "energy_joules", "traffic_bytes", "utilisation"].map(figureNumber);
const mostAxes = 8;
const lineKeys = varied.slice(0, mostAxes);
const lineParts = {1: "all points", 0.1: "the best 10 %", 0.01: "the best 1 %"};

/// The best part of the shown points by a figure, the best one first.
function bestPart({figure, part}) {
  const order = [...shownPoints].sort((a, b) => (isBetter(figure, a.figures[figure], b.figures[figure]) ? -1 : 1));
  return order.slice(0, Math.max(1, Math.ceil(order.length * Number(part))));
}

function parallelSummary({figure, part, lines}) {
  if (lines.length === 0) return `No point that is shown is done.${shownText()}`;
  return `${many(lines.length, "line")}, ${lineParts[part]} by ${labelOf(figure)}: a line each, darker or brighter by its ${labelOf(figure)}. ` +
         `The thick dashed one is the best: ${pointName(lines[0])}, ${figureText(figure, lines[0].figures[figure])}.${shownText()}` +
         (varied.length > mostAxes ? ` The first ${mostAxes} of ${varied.length} keys that vary.` : "") +
         " Drag along an axis to choose a part of it, click it to let go.";
}

/// What all axes look like; on a narrow page they lie.
function lineAxis(theme, narrow) {
  return {
    nameLocation: narrow ? "start" : "end", nameGap: narrow ? 0 : 14,
    nameTextStyle: {
      color: theme.text, fontSize: 12, fontFamily,
      ...(narrow ? {align: "left", verticalAlign: "bottom", padding: [1, 3, 1, 0], backgroundColor: theme.card} : {}),
    },
    axisLine: {lineStyle: {color: theme.muted}}, axisTick: {lineStyle: {color: theme.muted}},
    areaSelectStyle: {width: 18, borderColor: theme.text, color: theme.muted, opacity: 0.3},
    axisLabel: {
      color: theme.text, fontSize: 11, fontFamily, textBorderColor: theme.card, textBorderWidth: 3, hideOverlap: true,
    },
  };
}

/// An axis for each key and each figure; `room` is how many signs of a name are seen.
function lineAxes({theme, narrow, width}, lines) {
  const room = narrow ? 22 : Math.max(6, Math.floor(width / (lineKeys.length + drawnFigures.length) / 7) - 1);
  const common = lineAxis(theme, narrow);
  const axisOf = (dim, name, formatter, rest) => ({
    ...common, dim, name: shortened(name, room), ...rest, axisLabel: {...common.axisLabel, formatter},
  });
  const valueName = (name) => shortened(name, narrow ? 10 : Math.max(6, room - 1));
  const figureAxis = (figure, index) => {
    const {isLog, range: [min, max]} = scaleOf(lines.map((point) => point.figures[figure]));
    return axisOf(lineKeys.length + index, labelOf(figure), (value) => figureText(figure, Number(value.toPrecision(3))),
                  {scale: true, ...(isLog ? {type: "log", min, max} : {type: "value"})});
  };
  return [
    ...lineKeys.map((key, dim) => axisOf(dim, keyNames[key], valueName, {type: "category", data: keys[key].values})),
    ...drawnFigures.map(figureAxis),
  ];
}

function lineSeries(theme, {figure, lines}) {
  const scale = scaleOf(lines.map((point) => point.figures[figure]));
  const colourOf = (point) =>
    rampColour(theme, scale.high === scale.low ? 0.5 : 0.2 + 0.8 * scale.share(point.figures[figure]));
  const opacity = lines.length > 300 ? 0.4 : 0.8;
  const lineOf = (point, lineStyle) => ({
    value: [...lineKeys.map((key) => point.at[key]), ...drawnFigures.map((each) => point.figures[each])], point, lineStyle,
  });
  return [
    {
      type: "parallel", smooth: false, progressive: 1000, inactiveOpacity: 0.03, activeOpacity: 0.9,
      data: lines.map((point) => lineOf(point, {color: colourOf(point), width: 1.3, opacity})),
    },
    {
      type: "parallel", z: 5, silent: true,
      data: lines.slice(0, 1).map((point) => lineOf(point, {color: theme.red, width: 3.5, type: "dashed", opacity: 1})),
    },
  ];
}

function parallelOption(view, state) {
  const {theme, narrow} = view;
  return {
    tooltip: {...pointTooltip(theme, drawnFigures), trigger: "item"},
    parallel: narrow ? {layout: "vertical", left: 24, right: 28, top: 36, bottom: 40}
                     : {layout: "horizontal", left: 56, right: 64, top: 36, bottom: 24},
    parallelAxis: lineAxes(view, state.lines),
    series: lineSeries(theme, state),
  };
}

function parallelTable({figure, lines}) {
  const told = [...new Set([...drawnFigures, figure])];
  return {
    head: ["point", ...pointHead(), ...told.map(labelOf)],
    rows: lines.map((point) => [
      String(point.number), ...pointCells(point), ...told.map((each) => figureCell(each, point.figures[each])),
    ]),
  };
}

function addParallel() {
  const state = {figure: 0, part: areMany ? "0.1" : "1"};
  addPointsChart(addSection("parallel", "All keys at once", null, "parallel coordinates"), {
    title: "Parallel coordinates",
    read: () => {
      state.lines = bestPart(state);
    },
    summary: () => parallelSummary(state),
    controls: (renew) => [
      figureChoice("by", state, "figure", renew),
      choice("show", lineParts, (chosen) => {
        state.part = chosen;
        renew();
      }, state.part),
    ],
    height: (narrow) => (narrow ? 40 + 84 * (lineKeys.length + drawnFigures.length) : 440),
    option: (view) => parallelOption(view, state),
    table: () => parallelTable(state),
  });
}
