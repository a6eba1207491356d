// The roofline of every layer and phase (Williams, Waterman and Patterson, CACM 52(4), 2009): multiply-accumulates a
// second against multiply-accumulates for each byte of memory traffic.
"use strict";

const phaseSymbols = {forward: "circle", backward: "rect", gradient: "triangle", update: "diamond"};
const macRate = (value) => format.rate(value, "MAC/s");

/// The roof of the hardware, its knee, and the phases of layers under it.
function rooflineOf({peak_macs_per_second: peak, memory_bytes_per_second: bandwidth}) {
  const points = activePhases.filter(({macs, dram_bytes: bytes, compute_seconds: seconds}) => macs > 0 && bytes > 0 && seconds > 0)
      .map((part) => ({...part, intensity: part.macs / part.dram_bytes, rate: part.macs / part.compute_seconds}));
  return {
    peak, bandwidth, points, knee: peak / bandwidth,
    at: (intensity) => Math.min(peak, intensity * bandwidth),
    present: phaseNames.filter((phase) => points.some((point) => point.phase === phase)),
  };
}

function rooflineSummary({peak, bandwidth, points, knee}) {
  const underMemory = points.filter(({intensity}) => intensity < knee).length;
  return `${points.length} phases of layers, ${underMemory} of them under the slope of the memories ` +
         `(${format.rate(bandwidth, "B/s")}), the others under the peak of ${macRate(peak)}. Exchanges are not part of it.`;
}

/// The ends of the axes, at powers of ten.
function rooflineEnds({points, knee, at}) {
  const [below, above] = [(value) => 10 ** Math.floor(Math.log10(value)), (value) => 10 ** Math.ceil(Math.log10(value))];
  const intensities = [knee, ...points.map(({intensity}) => intensity)];
  const [low, high] = [below(Math.min(...intensities) / 1.2), above(Math.max(...intensities) * 1.2)];
  return {low, high, lowest: Math.min(below(Math.min(...points.map(({rate}) => rate))), below(at(low)))};
}

function rooflineSeries(theme, {points, knee, at, present}, {low, high}) {
  return [
    {type: "line", data: [low, knee, high].map((intensity) => [intensity, at(intensity)]), symbol: "none", silent: true,
     lineStyle: {color: theme.ink, width: 2}},
    ...present.map((phase) => ({
      type: "scatter", name: phase, symbol: phaseSymbols[phase], symbolSize: 9,
      itemStyle: {color: phaseColours(theme)[phase], borderColor: theme.card, borderWidth: 0.5},
      data: points.filter((point) => point.phase === phase).map((point) => ({value: [point.intensity, point.rate], point})),
    })),
  ];
}

function rooflineOption(theme, roof) {
  const ends = rooflineEnds(roof);
  return {
    legend: legend(theme, {data: roof.present}),
    grid: {left: 8, right: 24, top: 36, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
    tooltip: tooltip(theme, {
      formatter: ({data: {point}}) => (point === undefined ? "" : tooltipLines(
          `${point.layer} ${point.phase}`, macRate(point.rate), `${format.ratio(point.intensity)} MAC/byte`,
          `${format.percent(point.rate / roof.at(point.intensity))} of the roof`)),
    }),
    xAxis: axis(theme, {type: "log", min: ends.low, max: ends.high, name: "MAC for each byte of memory traffic",
                        nameLocation: "middle", nameGap: 26}),
    yAxis: axis(theme, {type: "log", min: ends.lowest, axisLabel: {formatter: macRate}}),
    series: rooflineSeries(theme, roof, ends),
  };
}

function addRoofline() {
  if (report.hardware === undefined) return;
  const roof = rooflineOf(report.hardware);
  if (roof.points.length === 0) return;
  addChart(addSection("roofline", "Roofline"), {
    title: "What computing reaches of what the array could do",
    summary: rooflineSummary(roof),
    height: (narrow) => (narrow ? 340 : 440),
    option: ({theme}) => rooflineOption(theme, roof),
    table: () => ({
      head: ["layer", "phase", "dataflow", "MAC/byte", "MAC/s", "of the roof", "bound"],
      rows: roof.points.map(({layer, phase, intensity, rate, mapping}) => [
        layer, phase, mapping === null ? null : mapping.dataflow, cells.ratio(intensity), {text: macRate(rate), value: rate}, cells.percent(rate / roof.at(intensity)),
        mapping === null ? null : mapping.bound,
      ]),
    }),
  });
}
