// The page of `hypar noc`: the latency-load curve.
"use strict";

const {points} = report;
const measured = points.filter(({latency_cycles: latency}) => latency.mean !== null);
const unstable = points.filter(({stable}) => !stable);
const many = (count, what) => `${format.count(count)} ${what}${count === 1 ? "" : "s"}`;
const rateText = (value) => String(Number(value.toPrecision(4)));
const cyclesText = (value) => (value >= 1000 ? format.rate(value, "").trim() : String(Number(value.toPrecision(3))));
const rateUnit = "flits for each node and cycle";

function addNocHeader() {
  const size = report.size.length === 0 ? "" : ` ${report.size.join(report.topology === "torus" || report.topology === "mesh" ? " x " : ", ")}`;
  const stable = points.filter((point) => point.stable);
  const highest = stable.length === 0 ? null : stable.reduce((best, point) => (point.rate > best.rate ? point : best));
  const most = points.reduce((best, point) => (point.accepted > best.accepted ? point : best));
  const least = measured.length === 0 ? null : measured.reduce((best, point) => (point.rate < best.rate ? point : best));
  addHeader({
    title: `${report.topology}${size}, ${report.traffic} traffic`,
    subtitle:
        `${report.array === null ? "An interconnect alone" : `The interconnect of ${report.array}`}: ${many(report.nodes, "node")}, ` +
        `${many(report.links, "link")}, ${report.flow_control}, ${report.routing} routing, ` +
        `${many(report.virtual_channels, "virtual channel")} of ${many(report.buffer_flits, "flit")}. Packets of ` +
        `${many(report.packet_flits, "flit")}; ${many(report.cycles, "cycle")} measured after ${format.count(report.warmup)}.`,
    tiles: [
      {name: "latency", text: least === null ? "none" : `${cyclesText(least.latency_cycles.mean)} cycles`,
       value: least?.latency_cycles.mean ?? "", detail: least === null ? "nothing was sent" : `mean, at a rate of ${rateText(least.rate)}`},
      {name: "hops", text: least === null ? "none" : format.ratio(least.hops_mean), value: least?.hops_mean ?? "", detail: "mean, links of a packet"},
      {name: "highest stable rate", text: highest === null ? "none" : rateText(highest.rate), value: highest?.rate ?? "",
       detail: highest === null ? "no point is stable" : `of ${many(points.length, "rate")} tried`},
      {name: "most accepted", text: rateText(most.accepted), value: most.accepted, detail: `at a rate of ${rateText(most.rate)}`},
    ],
  });
}

/// What points look like: stable ones filled, unstable ones hollow and said to be so.
function pointStyle(theme, colour, {stable}) {
  return stable ? {color: colour} : {color: theme.card, borderColor: colour, borderWidth: 2};
}

function unstableLabel(theme, {stable}) {
  return {show: !stable, formatter: () => "unstable", position: "top", distance: 8, color: theme.text, backgroundColor: theme.card, fontSize: 11};
}

/// The axis of offered rates, from nothing to a little more than the highest.
function rateAxis(theme) {
  const most = Math.max(...points.map(({rate}) => rate));
  return axis(theme, {
    type: "value", min: 0, max: Number((most * 1.08).toPrecision(3)), name: `offered, ${rateUnit}`, nameLocation: "middle", nameGap: 26,
    axisLabel: {formatter: rateText, showMaxLabel: false},
  });
}

function addLatency() {
  const curves = {
    mean: {colour: (theme) => theme.blue, symbol: "circle", line: "solid"},
    p50: {colour: (theme) => theme.green, symbol: "rect", line: "dashed"},
    p99: {colour: (theme) => theme.red, symbol: "triangle", line: "dotted"},
  };
  const all = measured.flatMap(({latency_cycles: latency}) => Object.keys(curves).map((name) => latency[name]));
  let isLog = all.length > 0 && Math.max(...all) > 30 * Math.max(1, Math.min(...all));
  const section = addSection("latency", "Latency over load");
  if (measured.length === 0) {
    section.append(element("p", {}, "No packet was created in the measurement."));
    return;
  }
  const last = measured[measured.length - 1];
  const chart = addChart(section, {
    title: "Latency of packets",
    summary: `Mean: ${cyclesText(measured[0].latency_cycles.mean)} cycles at ${rateText(measured[0].rate)}` +
             (measured.length === 1 ? "." : `, ${cyclesText(last.latency_cycles.mean)} at ${rateText(last.rate)}.`) +
             (unstable.length === 0 ? " All points are stable."
                  : ` ${unstable.length} of ${many(points.length, "point")} unstable, drawn hollow: there latencies grow with the length of the measurement.`),
    controls: [choice("axis", {linear: "linear", log: "logarithmic"}, (chosen) => {
      isLog = chosen === "log";
      chart.draw();
    }, isLog ? "log" : "linear")],
    height: (narrow) => (narrow ? 340 : 440),
    option: ({theme, narrow}) => ({
      legend: legend(theme, {data: Object.keys(curves)}),
      grid: {left: 24, right: 16, top: 56, bottom: 28, containLabel: true},
      tooltip: {
        ...commonOption(theme).tooltip, trigger: "axis",
        formatter: (shown) => {
          const {point} = shown[0].data;
          return [`rate ${rateText(point.rate)}${point.stable ? "" : ", unstable"}`,
                  ...["mean", "p50", "p99", "max"].map((name) => `${name}: ${cyclesText(point.latency_cycles[name])} cycles`)].join("<br>");
        },
      },
      xAxis: rateAxis(theme),
      yAxis: axis(theme, {type: isLog ? "log" : "value", min: isLog ? 10 ** Math.floor(Math.log10(Math.max(1, Math.min(...all)))) : 0,
                          name: "cycles", nameGap: 12, axisLabel: {formatter: cyclesText}}),
      series: Object.entries(curves).map(([name, {colour, symbol, line}]) => ({
        type: "line", name, symbol, symbolSize: 9, lineStyle: {color: colour(theme), width: 2, type: line}, itemStyle: {color: colour(theme)},
        data: measured.map((point) => ({
          value: [point.rate, point.latency_cycles[name]], point,
          symbol: point.stable ? symbol : "diamond", symbolSize: point.stable ? 9 : 13,
          itemStyle: pointStyle(theme, colour(theme), point),
          label: name === "p99" && (!narrow || point === unstable[0]) ? unstableLabel(theme, point) : {show: false},
        })),
      })),
    }),
    table: () => ({
      head: ["rate", "mean", "p50", "p99", "max", "hops", "packets", "state"],
      rows: points.map((point) => [
        rateText(point.rate),
        ...["mean", "p50", "p99", "max"].map((name) => {
          const value = point.latency_cycles[name];
          return value === null ? null : {text: name === "mean" ? value.toFixed(2) : format.count(value), value};
        }),
        cells.ratio(point.hops_mean), cells.count(point.packets), point.stable ? "stable" : "unstable",
      ]),
    }),
  });
}

function addThroughput() {
  const most = points.reduce((best, point) => (point.accepted > best.accepted ? point : best));
  const isAllCarried = points.every(({rate, accepted}) => accepted > 0.95 * rate);
  addChart(addSection("throughput", "Accepted against offered"), {
    title: "What the network delivers",
    summary: isAllCarried ? "Everything that is offered is delivered, at every rate."
        : `At most ${rateText(most.accepted)} ${rateUnit}, offered ${rateText(most.rate)}. The dashed line is all that is offered.`,
    height: (narrow) => (narrow ? 300 : 360),
    option: ({theme}) => ({
      grid: {left: 24, right: 16, top: 30, bottom: 28, containLabel: true},
      tooltip: {
        ...commonOption(theme).tooltip,
        formatter: ({data}) => (data.point === undefined ? "" :
          `offered ${rateText(data.point.rate)}${data.point.stable ? "" : ", unstable"}<br>accepted ${rateText(data.point.accepted)}`),
      },
      xAxis: rateAxis(theme),
      yAxis: axis(theme, {type: "value", min: 0, name: "accepted", nameGap: 12, axisLabel: {formatter: rateText}}),
      series: [
        {type: "line", symbol: "none", silent: true, lineStyle: {color: theme.muted, type: "dashed", width: 1.5},
         data: [[0, 0], [Math.max(...points.map(({rate}) => rate)), Math.max(...points.map(({rate}) => rate))]]},
        {type: "line", symbol: "circle", symbolSize: 9, lineStyle: {color: theme.blue, width: 2},
         data: points.map((point) => ({
           value: [point.rate, point.accepted], point, symbol: point.stable ? "circle" : "diamond", symbolSize: point.stable ? 9 : 13,
           itemStyle: pointStyle(theme, theme.blue, point),
           label: {...unstableLabel(theme, point), show: point === unstable[0], position: "bottom"},
         }))},
      ],
    }),
    table: () => ({
      head: ["offered", "accepted", "of it", "state"],
      rows: points.map(({rate, accepted, stable}) => [
        {text: rateText(rate), value: rate}, {text: rateText(accepted), value: accepted}, cells.percent(accepted / rate),
        stable ? "stable" : "unstable",
      ]),
    }),
  });
}

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
