// The Pareto front of two figures: points that no other is better than in one without being worse in the other.
"use strict";

function frontOf(some, a, b) {
  const better = (figure, one, other) => isBetter(figure, one.figures[figure], other.figures[figure]);
  const compare = (figure, one, other) => (better(figure, one, other) ? -1 : better(figure, other, one) ? 1 : 0);
  const order = [...some].sort((one, other) => compare(a, one, other) || compare(b, one, other));
  const front = [];
  for (const point of order) {
    const last = front[front.length - 1];
    const isEqual = last !== undefined && last.figures[a] === point.figures[a] && last.figures[b] === point.figures[b];
    if (last === undefined || isEqual || better(b, point, last)) front.push(point);
  }
  return front;
}

/// More points of a front have no number beside them.
const mostNumbered = 30;

function addFront() {
  const chosen = {x: figureNumber("seconds"), y: figureNumber("energy_joules")};
  let front;
  const read = () => {
    front = frontOf(shownPoints, chosen.x, chosen.y);
  };
  const wanted = (figure) => `${figures[figure].is_more_better ? "more" : "less"} ${labelOf(figure)}`;
  const summary = () => (front.length === 0 ? `No point that is shown is done.${shownText()}`
    : `${many(front.length, "point")} of ${format.count(shownPoints.length)}, numbered diamonds on a line: no other has ${wanted(chosen.x)} without a worse ` +
      `${labelOf(chosen.y)}. From ${pointName(front[0])} to ${pointName(front[front.length - 1])}.${shownText()}`);
  const renew = () => {
    read();
    chart.renew(summary());
  };
  const figureChoice = (label, which) => choice(label, figureChoices, (figure) => {
    chosen[which] = Number(figure);
    renew();
  }, String(chosen[which]));
  read();
  const chart = addChart(addSection("front", "What no other point beats", null, "Pareto front"), {
    title: "Pareto front",
    renderer: areMany ? "canvas" : "svg",
    summary: summary(),
    controls: [figureChoice("across", "x"), figureChoice("up", "y")],
    height: (narrow) => (narrow ? 360 : 460),
    option: ({theme}) => {
      const valueOf = (point) => [point.figures[chosen.x], point.figures[chosen.y]];
      const figureAxis = (which, rest) => {
        const range = rangeOf(shownPoints.map((point) => point.figures[chosen[which]]));
        const isLog = isWide(range);
        return axis(theme, {
          type: isLog ? "log" : "value", scale: true, name: `${labelOf(chosen[which])}${isLog ? ", logarithmic" : ""}`, ...rest,
          axisLabel: {formatter: (value) => figureText(chosen[which], Number(value.toPrecision(6)))},
        });
      };
      const inFront = new Set(front);
      return {
        grid: {left: 16, right: 24, top: 36, bottom: 32, containLabel: true},
        tooltip: {
          ...commonOption(theme).tooltip,
          formatter: ({data}) => (data?.point === undefined ? "" : tooltipLines(
              ...pointLines(data.point), ...[chosen.x, chosen.y].map((figure) => `${labelOf(figure)}: ${figureText(figure, data.point.figures[figure])}`))),
        },
        xAxis: figureAxis("x", {nameLocation: "middle", nameGap: 30}),
        yAxis: figureAxis("y", {nameLocation: "end", nameGap: 14, nameTextStyle: {color: theme.muted, align: "left"}}),
        series: [
          {
            type: "scatter", symbol: "circle", symbolSize: 6, itemStyle: {color: theme.grey, opacity: 0.55},
            data: shownPoints.filter((point) => !inFront.has(point)).map((point) => ({value: valueOf(point), point})),
          },
          {
            type: "line", symbol: "diamond", symbolSize: 13, showAllSymbol: true, z: 5, lineStyle: {color: theme.blue, width: 2, type: "dashed"},
            itemStyle: {color: theme.blue, borderColor: theme.card, borderWidth: 1},
            labelLayout: {hideOverlap: true},
            data: front.map((point, index) => ({
              value: valueOf(point), point,
              label: {show: index < mostNumbered, position: "top", distance: 4, color: theme.text, fontSize: 11, backgroundColor: theme.card, formatter: () => String(index + 1)},
            })),
          },
        ],
      };
    },
    table: () => ({
      head: ["number", ...(isAround ? ["which"] : varied.map((key) => keyNames[key])), labelOf(chosen.x), labelOf(chosen.y)],
      rows: front.map((point, index) => [
        String(index + 1), ...(isAround ? [pointName(point)] : varied.map((key) => valueText(point, key))),
        figureCell(chosen.x, point.figures[chosen.x]), figureCell(chosen.y, point.figures[chosen.y]),
      ]),
    }),
  });
  renewals.push(renew);
}
