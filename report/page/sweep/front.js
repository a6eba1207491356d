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

function frontSummary({x, y, front}) {
  if (front.length === 0) return `No point that is shown is done.${shownText()}`;
  const wanted = `${figures[x].is_more_better ? "more" : "less"} ${labelOf(x)}`;
  return `${many(front.length, "point")} of ${format.count(shownPoints.length)}, numbered diamonds on a line: no other has ${wanted} without a worse ` +
         `${labelOf(y)}. From ${pointName(front[0])} to ${pointName(front[front.length - 1])}.${shownText()}`;
}

function figureAxis(theme, figure, rest) {
  const isLog = isWide(rangeOf(shownPoints.map((point) => point.figures[figure])));
  return axis(theme, {
    type: isLog ? "log" : "value", scale: true, name: `${labelOf(figure)}${isLog ? ", logarithmic" : ""}`, ...rest,
    axisLabel: {formatter: (value) => figureText(figure, Number(value.toPrecision(6)))},
  });
}

function frontSeries(theme, {x, y, front}) {
  const placed = (point) => ({value: [point.figures[x], point.figures[y]], point});
  const label = {position: "top", distance: 4, color: theme.text, fontSize: 11, backgroundColor: theme.card};
  const inFront = new Set(front);
  return [
    {
      type: "scatter", symbol: "circle", symbolSize: 6, itemStyle: {color: theme.grey, opacity: 0.55},
      data: shownPoints.filter((point) => !inFront.has(point)).map(placed),
    },
    {
      type: "line", symbol: "diamond", symbolSize: 13, showAllSymbol: true, z: 5,
      lineStyle: {color: theme.blue, width: 2, type: "dashed"},
      itemStyle: {color: theme.blue, borderColor: theme.card, borderWidth: 1},
      labelLayout: {hideOverlap: true},
      data: front.map((point, index) => ({
        ...placed(point), label: {...label, show: index < mostNumbered, formatter: () => String(index + 1)},
      })),
    },
  ];
}

function frontOption(theme, chosen) {
  const {x, y} = chosen;
  return {
    grid: {left: 16, right: 24, top: 36, bottom: 32, containLabel: true},
    tooltip: pointTooltip(theme, [x, y]),
    xAxis: figureAxis(theme, x, {nameLocation: "middle", nameGap: 30}),
    yAxis: figureAxis(theme, y, {nameLocation: "end", nameGap: 14, nameTextStyle: {color: theme.muted, align: "left"}}),
    series: frontSeries(theme, chosen),
  };
}

function frontTable({x, y, front}) {
  return {
    head: ["number", ...pointHead(), labelOf(x), labelOf(y)],
    rows: front.map((point, index) => [
      String(index + 1), ...pointCells(point), ...[x, y].map((figure) => figureCell(figure, point.figures[figure])),
    ]),
  };
}

function addFront() {
  const chosen = {x: figureNumber("seconds"), y: figureNumber("energy_joules")};
  addPointsChart(addSection("front", "What no other point beats", null, "Pareto front"), {
    title: "Pareto front",
    read: () => {
      chosen.front = frontOf(shownPoints, chosen.x, chosen.y);
    },
    summary: () => frontSummary(chosen),
    controls: (renew) => [figureChoice("across", chosen, "x", renew), figureChoice("up", chosen, "y", renew)],
    height: (narrow) => (narrow ? 360 : 460),
    option: ({theme}) => frontOption(theme, chosen),
    table: () => frontTable(chosen),
  });
}
