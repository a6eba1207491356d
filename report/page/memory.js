// What is in use of the fullest accelerator's memory over the step, against its capacity.
"use strict";

const memoryKinds = {weights: "weights", optimizer_state: "optimizer state", gradients: "gradients", feature_maps: "feature maps"};

function addMemory() {
  const {over_step: steps, capacity_bytes: capacity, needed_bytes: needed, accelerator} = report.memory;
  if (steps === undefined || steps.length === 0) return;
  const section = addSection("memory", "Memory over the step");
  const total = (step) => Object.keys(memoryKinds).reduce((sum, kind) => sum + step[kind], 0);
  const peak = Math.max(...steps.map(total));
  const peakAt = nameOfSegment(report.timeline[steps.findIndex((step) => total(step) === peak)]);
  const kinds = Object.keys(memoryKinds).filter((kind) => steps.some((step) => step[kind] > 0));
  let isOfCapacity = Math.max(peak, needed) > 0.2 * capacity;
  const scale = choice("scale", isOfCapacity ? {capacity: "to the capacity", peak: "to the peak"} : {peak: "to the peak", capacity: "to the capacity"},
                       (chosen) => {
                         isOfCapacity = chosen === "capacity";
                         chart.draw();
                       });
  const chart = addChart(section, {
    title: `In use in the memory of acc${accelerator}`,
    summary: `Most: ${format.bytes(peak)} in ${peakAt}, ${format.percent(peak / capacity)} of the capacity of ` +
             `${format.bytes(capacity)}. Every tensor keeps its place for the whole step, ${format.bytes(needed)} in all.`,
    controls: [scale],
    height: (narrow) => (narrow ? 320 : 340),
    option: ({theme, narrow}) => {
      const colours = {weights: theme.blue, optimizer_state: theme.purple, gradients: theme.orange, feature_maps: theme.green};
      const patterns = {optimizer_state: "lines", gradients: "dots"};
      const times = [...report.timeline.map(({start_cycle: start}) => secondsOf(start)), secondsOf(report.step.cycles)];
      return {
        legend: legend(theme, {data: kinds.map((kind) => memoryKinds[kind])}),
        grid: {left: 8, right: narrow ? 16 : 24, top: 36, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
        tooltip: {
          ...commonOption(theme).tooltip, trigger: "axis",
          formatter: (points) => {
            const at = Math.min(points[0].dataIndex, steps.length - 1);
            return [nameOfSegment(report.timeline[at]), ...kinds.map((kind) => `${memoryKinds[kind]}: ${format.bytes(steps[at][kind])}`),
                    `all: ${format.bytes(total(steps[at]))}`].map(escaped).join("<br>");
          },
        },
        xAxis: axis(theme, {type: "value", max: times[times.length - 1], axisLabel: {formatter: format.seconds, showMaxLabel: false}}),
        yAxis: axis(theme, {type: "value", max: isOfCapacity ? Math.max(capacity, needed) * 1.08 : null,
                            axisLabel: {formatter: format.bytes, showMaxLabel: false}}),
        series: kinds.map((kind, index) => ({
          type: "line", name: memoryKinds[kind], stack: "all", step: "end", symbol: "none",
          lineStyle: {width: 0.5, color: colours[kind]}, itemStyle: {color: colours[kind]},
          areaStyle: {color: colours[kind], opacity: 0.85, ...(patterns[kind] ? {decal: decal(theme, patterns[kind])} : {})},
          data: times.map((time, at) => [time, steps[Math.min(at, steps.length - 1)][kind]]),
          ...(index === 0 && isOfCapacity ? {markLine: {
            silent: true, symbol: "none", lineStyle: {color: theme.red, type: "dashed", width: 2},
            label: {formatter: `capacity ${format.bytes(capacity)}`, position: "insideStartTop", color: theme.text},
            data: [{yAxis: capacity}],
          }} : {}),
        })),
      };
    },
    table: () => ({
      head: ["segment", ...kinds.map((kind) => memoryKinds[kind]), "all", "of the capacity"],
      rows: steps.map((step, at) => [
        nameOfSegment(report.timeline[at]), ...kinds.map((kind) => cells.bytes(step[kind])), cells.bytes(total(step)),
        cells.percent(total(step) / capacity),
      ]),
    }),
  });
}
