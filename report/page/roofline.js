// The roofline of every layer and phase (Williams, Waterman and Patterson, CACM 52(4), 2009): multiply-accumulates a
// second against multiply-accumulates for each byte of memory traffic.
"use strict";

function addRoofline() {
  const {hardware} = report;
  if (hardware === undefined) return;
  const {peak_macs_per_second: peak, memory_bytes_per_second: bandwidth} = hardware;
  const points = activePhases.filter(({macs, dram_bytes: bytes, compute_seconds: seconds}) => macs > 0 && bytes > 0 && seconds > 0)
      .map((part) => ({...part, intensity: part.macs / part.dram_bytes, rate: part.macs / part.compute_seconds}));
  if (points.length === 0) return;
  const knee = peak / bandwidth;
  const roofAt = (intensity) => Math.min(peak, intensity * bandwidth);
  const low = 10 ** Math.floor(Math.log10(Math.min(knee, ...points.map(({intensity}) => intensity)) / 1.2));
  const high = 10 ** Math.ceil(Math.log10(Math.max(knee, ...points.map(({intensity}) => intensity)) * 1.2));
  const lowest = 10 ** Math.floor(Math.log10(Math.min(...points.map(({rate}) => rate))));
  const underMemory = points.filter(({intensity}) => intensity < knee).length;
  const symbols = {forward: "circle", backward: "rect", gradient: "triangle", update: "diamond"};
  const present = phaseNames.filter((phase) => points.some((point) => point.phase === phase));
  const macRate = (value) => format.rate(value, "MAC/s");
  addChart(addSection("roofline", "Roofline"), {
    title: "What computing reaches of what the array could do",
    summary: `${points.length} phases of layers, ${underMemory} of them under the slope of the memories ` +
             `(${format.rate(bandwidth, "B/s")}), the others under the peak of ${macRate(peak)}. Exchanges are not part of it.`,
    height: (narrow) => (narrow ? 340 : 440),
    option: ({theme}) => ({
      legend: legend(theme, {data: present}),
      grid: {left: 8, right: 24, top: 36, bottom: 24, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
      tooltip: {
        ...commonOption(theme).tooltip,
        formatter: ({data}) => (data.point === undefined ? "" : [
          `${data.point.layer} ${data.point.phase}`, macRate(data.point.rate), `${format.ratio(data.point.intensity)} MAC/byte`,
          `${format.percent(data.point.rate / roofAt(data.point.intensity))} of the roof`,
        ].map(escaped).join("<br>")),
      },
      xAxis: axis(theme, {type: "log", min: low, max: high, name: "MAC for each byte of memory traffic", nameLocation: "middle", nameGap: 26}),
      yAxis: axis(theme, {type: "log", min: Math.min(lowest, 10 ** Math.floor(Math.log10(roofAt(low)))), axisLabel: {formatter: macRate}}),
      series: [
        {type: "line", data: [low, knee, high].map((intensity) => [intensity, roofAt(intensity)]), symbol: "none", silent: true,
         lineStyle: {color: theme.ink, width: 2}},
        ...present.map((phase) => ({
          type: "scatter", name: phase, symbol: symbols[phase], symbolSize: 9,
          itemStyle: {color: phaseColours(theme)[phase], borderColor: theme.card, borderWidth: 0.5},
          data: points.filter((point) => point.phase === phase).map((point) => ({value: [point.intensity, point.rate], point})),
        })),
      ],
    }),
    table: () => ({
      head: ["layer", "phase", "MAC/byte", "MAC/s", "of the roof", "bound"],
      rows: points.map(({layer, phase, intensity, rate, mapping}) => [
        layer, phase, cells.ratio(intensity), {text: macRate(rate), value: rate}, cells.percent(rate / roofAt(intensity)),
        mapping === null ? null : mapping.bound,
      ]),
    }),
  });
}
