// The page of `hypar noc`: the latency-load curve.
"use strict";

const {points} = report;
const measured = points.filter(({latency_cycles: latency}) => latency.mean !== null);
const unstable = points.filter(({stable}) => !stable);
const highestRate = Math.max(...points.map(({rate}) => rate));
const mostAccepted = largestBy(points, ({accepted}) => accepted);
const rateText = (value) => String(Number(value.toPrecision(4)));
const cyclesText = (value) => (value >= 1000 ? format.rate(value, "").trim() : String(Number(value.toPrecision(3))));
const rateUnit = "flits for each node and cycle";
const stateOf = ({stable}) => (stable ? "stable" : "unstable");

function nocTiles() {
  const stable = points.filter((point) => point.stable);
  const highest = stable.length === 0 ? null : largestBy(stable, ({rate}) => rate);
  const least = measured.length === 0 ? null : smallestBy(measured, ({rate}) => rate);
  return [
    {name: "latency", text: least === null ? "none" : `${cyclesText(least.latency_cycles.mean)} cycles`,
     value: least?.latency_cycles.mean ?? "", detail: least === null ? "nothing was sent" : `mean, at a rate of ${rateText(least.rate)}`},
    {name: "hops", text: least === null ? "none" : format.ratio(least.hops_mean), value: least?.hops_mean ?? "",
     detail: "mean, links of a packet"},
    {name: "highest stable rate", text: highest === null ? "none" : rateText(highest.rate), value: highest?.rate ?? "",
     detail: highest === null ? "no point is stable" : `of ${many(points.length, "rate")} tried`},
    {name: "most accepted", text: rateText(mostAccepted.accepted), value: mostAccepted.accepted,
     detail: `at a rate of ${rateText(mostAccepted.rate)}`},
  ];
}

function addNocHeader() {
  const sizes = report.size.join(report.topology === "torus" || report.topology === "mesh" ? " x " : ", ");
  addHeader({
    title: `${report.topology}${sizes === "" ? "" : ` ${sizes}`}, ${report.traffic} traffic`,
    subtitle:
        `${report.array === null ? "An interconnect alone" : `The interconnect of ${report.array}`}: ${many(report.nodes, "node")}, ` +
        `${many(report.links, "link")}, ${report.flow_control}, ${report.routing} routing, ` +
        `${many(report.virtual_channels, "virtual channel")} of ${many(report.buffer_flits, "flit")}. Packets of ` +
        `${many(report.packet_flits, "flit")}; ${many(report.cycles, "cycle")} measured after ${format.count(report.warmup)}.`,
    tiles: nocTiles(),
  });
}

/// The axis of offered rates, from nothing to a little more than the highest.
function rateAxis(theme) {
  return axis(theme, {
    type: "value", min: 0, max: Number((highestRate * 1.08).toPrecision(3)), name: `offered, ${rateUnit}`,
    nameLocation: "middle", nameGap: 26, axisLabel: {formatter: rateText, showMaxLabel: false},
  });
}

/// A point of a curve over the rates: stable ones filled, unstable ones larger and hollow.
function pointMark(point, value, {colour, symbol, label}, theme) {
  const {stable, rate} = point;
  return {
    value: [rate, value], point, label, symbol: stable ? symbol : "diamond", symbolSize: stable ? 9 : 13,
    itemStyle: stable ? {color: colour} : {color: theme.card, borderColor: colour, borderWidth: 2},
  };
}

function unstableLabel(theme, rest) {
  return {
    formatter: () => "unstable", position: "top", distance: 8, color: theme.text, backgroundColor: theme.card, fontSize: 11,
    ...rest,
  };
}

// --- Latency --------------------------------------------------------------------------------------------------------

const latencyCurves = {
  mean: {colour: (theme) => theme.blue, symbol: "circle", line: "solid"},
  p50: {colour: (theme) => theme.green, symbol: "rect", line: "dashed"},
  p99: {colour: (theme) => theme.red, symbol: "triangle", line: "dotted"},
};
const latencyNames = [...Object.keys(latencyCurves), "max"];

/// All latencies that are drawn.
const drawnLatencies = measured.flatMap(({latency_cycles: latency}) => Object.keys(latencyCurves).map((name) => latency[name]));

function latencySummary() {
  const [first, last] = [measured[0], measured[measured.length - 1]];
  return `Mean: ${cyclesText(first.latency_cycles.mean)} cycles at ${rateText(first.rate)}` +
         (measured.length === 1 ? "." : `, ${cyclesText(last.latency_cycles.mean)} at ${rateText(last.rate)}.`) +
         (unstable.length === 0 ? " All points are stable."
              : ` ${unstable.length} of ${many(points.length, "point")} unstable, drawn hollow: there latencies grow with the length of the measurement.`);
}

function latencyAxis(theme, isLog) {
  const least = 10 ** Math.floor(Math.log10(Math.max(1, Math.min(...drawnLatencies))));
  return axis(theme, {
    type: isLog ? "log" : "value", min: isLog ? least : 0, name: "cycles", nameGap: 12, axisLabel: {formatter: cyclesText},
  });
}

function latencySeries({theme, narrow}, name) {
  const {symbol, line} = latencyCurves[name];
  const colour = latencyCurves[name].colour(theme);
  const labelOf = (point) => (name === "p99" && (!narrow || point === unstable[0])
      ? unstableLabel(theme, {show: !point.stable}) : {show: false});
  return {
    type: "line", name, symbol, symbolSize: 9, lineStyle: {color: colour, width: 2, type: line}, itemStyle: {color: colour},
    data: measured.map((point) =>
      pointMark(point, point.latency_cycles[name], {colour, symbol, label: labelOf(point)}, theme)),
  };
}

function latencyOption(view, isLog) {
  const {theme} = view;
  return {
    legend: legend(theme, {data: Object.keys(latencyCurves)}),
    grid: {left: 24, right: 16, top: 56, bottom: 28, containLabel: true},
    tooltip: tooltip(theme, {
      trigger: "axis",
      formatter: ([{data: {point}}]) => tooltipLines(
          `rate ${rateText(point.rate)}${point.stable ? "" : ", unstable"}`,
          ...latencyNames.map((name) => `${name}: ${cyclesText(point.latency_cycles[name])} cycles`)),
    }),
    xAxis: rateAxis(theme),
    yAxis: latencyAxis(theme, isLog),
    series: Object.keys(latencyCurves).map((name) => latencySeries(view, name)),
  };
}

function latencyTable() {
  const latencyCell = (name, value) =>
    (value === null ? null : {text: name === "mean" ? value.toFixed(2) : format.count(value), value});
  return {
    head: ["rate", ...latencyNames, "hops", "packets", "state"],
    rows: points.map((point) => [
      rateText(point.rate), ...latencyNames.map((name) => latencyCell(name, point.latency_cycles[name])),
      cells.ratio(point.hops_mean), cells.count(point.packets), stateOf(point),
    ]),
  };
}

function addLatency() {
  const section = addSection("latency", "Latency over load");
  if (measured.length === 0) {
    section.append(element("p", {}, "No packet was created in the measurement."));
    return;
  }
  addScaledChart(section, {
    title: "Latency of packets",
    summary: latencySummary(),
    isLog: Math.max(...drawnLatencies) > 30 * Math.max(1, Math.min(...drawnLatencies)),
    height: (narrow) => (narrow ? 340 : 440),
    option: latencyOption,
    table: latencyTable,
  });
}

// --- Throughput -----------------------------------------------------------------------------------------------------

function throughputSeries(theme) {
  const [colour, symbol] = [theme.blue, "circle"];
  const labelOf = (point) => unstableLabel(theme, {show: point === unstable[0], position: "bottom"});
  return [
    {type: "line", symbol: "none", silent: true, lineStyle: {color: theme.muted, type: "dashed", width: 1.5},
     data: [[0, 0], [highestRate, highestRate]]},
    {type: "line", symbol, symbolSize: 9, lineStyle: {color: colour, width: 2},
     data: points.map((point) => pointMark(point, point.accepted, {colour, symbol, label: labelOf(point)}, theme))},
  ];
}

function addThroughput() {
  const isAllCarried = points.every(({rate, accepted}) => accepted > 0.95 * rate);
  addChart(addSection("throughput", "Accepted against offered"), {
    title: "What the network delivers",
    summary: isAllCarried ? "Everything that is offered is delivered, at every rate."
        : `At most ${rateText(mostAccepted.accepted)} ${rateUnit}, offered ${rateText(mostAccepted.rate)}. ` +
          "The dashed line is all that is offered.",
    height: (narrow) => (narrow ? 300 : 360),
    option: ({theme}) => ({
      grid: {left: 24, right: 16, top: 30, bottom: 28, containLabel: true},
      tooltip: tooltip(theme, {
        formatter: ({data: {point}}) => (point === undefined ? "" : tooltipLines(
            `offered ${rateText(point.rate)}${point.stable ? "" : ", unstable"}`, `accepted ${rateText(point.accepted)}`)),
      }),
      xAxis: rateAxis(theme),
      yAxis: axis(theme, {type: "value", min: 0, name: "accepted", nameGap: 12, axisLabel: {formatter: rateText}}),
      series: throughputSeries(theme),
    }),
    table: () => ({
      head: ["rate", "accepted", "of it", "state"],
      rows: points.map((point) => [
        {text: rateText(point.rate), value: point.rate}, {text: rateText(point.accepted), value: point.accepted},
        cells.percent(point.accepted / point.rate), stateOf(point),
      ]),
    }),
  });
}

// --- Settings -------------------------------------------------------------------------------------------------------

function addSettings() {
  const settings = {
    array: report.array ?? "none", topology: report.topology, size: report.size.join(", "), nodes: report.nodes, links: report.links,
    "slowest link": format.bitRate(report.slowest_link_bits_per_second), "fastest link": format.bitRate(report.fastest_link_bits_per_second),
    "flit": format.bytes(report.flit_bytes), "flow control": report.flow_control, routing: report.routing,
    "virtual channels": report.virtual_channels, "buffer of each": many(report.buffer_flits, "flit"),
    router: many(report.router_cycles, "cycle"), "link latency": format.seconds(report.link_latency_picoseconds / 1e12),
    clock: format.seconds(report.clock_picoseconds / 1e12), traffic: report.traffic, packet: many(report.packet_flits, "flit"),
    "before the measurement": many(report.warmup, "cycle"), measurement: many(report.cycles, "cycle"), seed: report.seed,
  };
  addSection("settings", "What was run")
      .append(element("dl", {class: "settings"}, Object.entries(settings).map(([name, value]) =>
        element("div", {}, element("dt", {}, name), element("dd", {"data-name": name}, String(value))))));
}

addNocHeader();
addLatency();
addThroughput();
addSettings();
addFooter(`Drawn from report.json. Charts: Apache ECharts ${echarts.version}, Apache License 2.0.`);
