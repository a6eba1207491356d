// Every point of a sweep as a line across its keys and figures.
"use strict";

const drawnFigures = ["seconds", "energy_joules", "traffic_bytes", "utilisation"].map(figureNumber);
const mostAxes = 8;

function addParallel() {
  let figure = 0;
  let part = areMany ? "0.1" : "1";
  const lineKeys = varied.slice(0, mostAxes);
  const parts = {1: "all points", 0.1: "the best 10 %", 0.01: "the best 1 %"};
  let lines;
  const read = () => {
    const order = [...shownPoints].sort((a, b) => (isBetter(figure, a.figures[figure], b.figures[figure]) ? -1 : 1));
    lines = order.slice(0, Math.max(1, Math.ceil(order.length * Number(part))));
  };
  const summary = () => (lines.length === 0 ? `No point that is shown is done.${shownText()}`
    : `${many(lines.length, "line")}, ${parts[part]} by ${labelOf(figure)}: a line each, darker or brighter by its ${labelOf(figure)}. ` +
      `The thick dashed one is the best: ${pointName(lines[0])}, ${figureText(figure, lines[0].figures[figure])}.${shownText()}` +
      (varied.length > mostAxes ? ` The first ${mostAxes} of ${varied.length} keys that vary.` : "") +
      " Drag along an axis to choose a part of it, click it to let go.");
  const renew = () => {
    read();
    chart.renew(summary());
  };
  read();
  const chart = addChart(addSection("parallel", "All keys at once", null, "parallel coordinates"), {
    title: "Parallel coordinates",
    renderer: areMany ? "canvas" : "svg",
    summary: summary(),
    controls: [
      choice("by", figureChoices, (chosen) => {
        figure = Number(chosen);
        renew();
      }),
      choice("show", parts, (chosen) => {
        part = chosen;
        renew();
      }, part),
    ],
    height: (narrow) => (narrow ? 40 + 84 * (lineKeys.length + drawnFigures.length) : 440),
    option: ({theme, narrow, width}) => {
      const range = rangeOf(lines.map((point) => point.figures[figure]));
      const scale = isWide(range) ? Math.log10 : (value) => value;
      const [least, most] = range.map(scale);
      const shareOf = (point) => (most === least ? 0.5 : 0.2 + 0.8 * (scale(point.figures[figure]) - least) / (most - least));
      const valueOf = (point) => [...lineKeys.map((key) => point.at[key]), ...drawnFigures.map((each) => point.figures[each])];
      const room = narrow ? 22 : Math.max(6, Math.floor(width / (lineKeys.length + drawnFigures.length) / 7) - 1);
      const common = {
        nameLocation: narrow ? "start" : "end", nameGap: narrow ? 0 : 14,
        nameTextStyle: {
          color: theme.text, fontSize: 12, fontFamily,
          ...(narrow ? {align: "left", verticalAlign: "bottom", padding: [1, 3, 1, 0], backgroundColor: theme.card} : {}),
        },
        axisLine: {lineStyle: {color: theme.muted}}, axisTick: {lineStyle: {color: theme.muted}},
        areaSelectStyle: {width: 18, borderColor: theme.text, color: theme.muted, opacity: 0.3},
      };
      const label = {color: theme.text, fontSize: 11, fontFamily, textBorderColor: theme.card, textBorderWidth: 3, hideOverlap: true};
      return {
        tooltip: {
          ...commonOption(theme).tooltip, trigger: "item",
          formatter: ({data}) => (data?.point === undefined ? "" : tooltipLines(
              ...pointLines(data.point), ...drawnFigures.map((each) => `${labelOf(each)}: ${figureText(each, data.point.figures[each])}`))),
        },
        parallel: narrow ? {layout: "vertical", left: 24, right: 28, top: 36, bottom: 40} : {layout: "horizontal", left: 56, right: 64, top: 36, bottom: 24},
        parallelAxis: [
          ...lineKeys.map((key, dim) => ({
            ...common, dim, name: shortened(keyNames[key], room), type: "category", data: keys[key].values,
            axisLabel: {...label, formatter: (name) => shortened(name, narrow ? 10 : Math.max(6, room - 1))},
          })),
          ...drawnFigures.map((each, index) => {
            const own = rangeOf(lines.map((point) => point.figures[each]));
            return {
              ...common, dim: lineKeys.length + index, name: shortened(labelOf(each), room), type: isWide(own) ? "log" : "value", scale: true,
              ...(isWide(own) ? {min: own[0], max: own[1]} : {}),
              axisLabel: {...label, formatter: (value) => figureText(each, Number(value.toPrecision(3)))},
            };
          }),
        ],
        series: [
          {
            type: "parallel", smooth: false, progressive: 1000, inactiveOpacity: 0.03, activeOpacity: 0.9,
            data: lines.map((point) => ({value: valueOf(point), point, lineStyle: {color: rampColour(theme, shareOf(point)), width: 1.3, opacity: lines.length > 300 ? 0.4 : 0.8}})),
          },
          {
            type: "parallel", z: 5, silent: true,
            data: lines.slice(0, 1).map((point) => ({value: valueOf(point), point, lineStyle: {color: theme.red, width: 3.5, type: "dashed", opacity: 1}})),
          },
        ],
      };
    },
    table: () => ({
      head: ["point", ...varied.map((key) => keyNames[key]), ...drawnFigures.map(labelOf), ...(drawnFigures.includes(figure) ? [] : [labelOf(figure)])],
      rows: lines.map((point) => [
        String(point.number), ...varied.map((key) => valueText(point, key)),
        ...[...drawnFigures, ...(drawnFigures.includes(figure) ? [] : [figure])].map((each) => figureCell(each, point.figures[each])),
      ]),
    }),
  });
  renewals.push(renew);
}
