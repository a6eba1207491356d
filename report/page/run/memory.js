// What is in use of the fullest accelerator's memory over the step, against its capacity.
"use strict";

const memoryKinds = {
  weights: {colour: (theme) => theme.blue},
  optimizer_state: {colour: (theme) => theme.purple, pattern: "lines"},
  gradients: {colour: (theme) => theme.orange, pattern: "dots"},
  feature_maps: {colour: (theme) => theme.green},
};
const bytesInUse = (step) => Object.keys(memoryKinds).reduce((sum, kind) => sum + step[kind], 0);

/// The memory's steps, one for each segment of the timeline, and the kinds of data that are there in any.
function memoryUse() {
  const {over_step: steps, capacity_bytes: capacity, needed_bytes: needed} = report.memory;
  const kinds = Object.keys(memoryKinds).filter((kind) => steps.some((step) => step[kind] > 0));
  return {steps, capacity, needed, kinds, fullest: largestBy(steps, bytesInUse)};
}

function memorySummary({steps, capacity, needed, fullest}) {
  const peak = bytesInUse(fullest);
  return `Most: ${format.bytes(peak)} in ${nameOfSegment(report.timeline[steps.indexOf(fullest)])}, ` +
         `${format.percent(peak / capacity)} of the capacity of ${format.bytes(capacity)}. ` +
         `Every tensor keeps its place for the whole step, ${format.bytes(needed)} in all.`;
}

function memorySeries(theme, {steps, kinds, capacity}, times, isOfCapacity) {
  const limit = {markLine: {
    silent: true, symbol: "none", lineStyle: {color: theme.red, type: "dashed", width: 2},
    label: {formatter: `capacity ${format.bytes(capacity)}`, position: "insideStartTop", color: theme.text},
    data: [{yAxis: capacity}],
  }};
  return kinds.map((kind, index) => {
    const {pattern} = memoryKinds[kind];
    const color = memoryKinds[kind].colour(theme);
    return {
      type: "line", name: spoken(kind), stack: "all", step: "end", symbol: "none",
      lineStyle: {width: 0.5, color}, itemStyle: {color},
      areaStyle: {color, opacity: 0.85, ...(pattern ? {decal: decal(theme, pattern)} : {})},
      data: times.map((time, at) => [time, steps[Math.min(at, steps.length - 1)][kind]]),
      ...(index === 0 && isOfCapacity ? limit : {}),
    };
  });
}

function memoryOption({theme, narrow}, use, isOfCapacity) {
  const {steps, kinds, capacity, needed} = use;
  const times = [...report.timeline.map(({start_cycle: start}) => secondsOf(start)), secondsOf(report.step.cycles)];
  return {
    legend: legend(theme, {data: kinds.map(spoken)}),
    grid: {left: 8, right: narrow ? 16 : 24, top: 36, bottom: 8, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
    tooltip: tooltip(theme, {
      trigger: "axis",
      formatter: ([{dataIndex}]) => {
        const at = Math.min(dataIndex, steps.length - 1);
        return tooltipLines(nameOfSegment(report.timeline[at]), ...kinds.map((kind) => `${spoken(kind)}: ${format.bytes(steps[at][kind])}`),
                            `all: ${format.bytes(bytesInUse(steps[at]))}`);
      },
    }),
    xAxis: axis(theme, {type: "value", max: times[times.length - 1], axisLabel: {formatter: format.seconds, showMaxLabel: false}}),
    yAxis: axis(theme, {type: "value", max: isOfCapacity ? Math.max(capacity, needed) * 1.08 : null,
                        axisLabel: {formatter: format.bytes, showMaxLabel: false}}),
    series: memorySeries(theme, use, times, isOfCapacity),
  };
}

function memoryTable({steps, kinds, capacity}) {
  return {
    head: ["segment", ...kinds.map(spoken), "all", "of the capacity"],
    rows: steps.map((step, at) => [
      nameOfSegment(report.timeline[at]), ...kinds.map((kind) => cells.bytes(step[kind])), cells.bytes(bytesInUse(step)),
      cells.percent(bytesInUse(step) / capacity),
    ]),
  };
}

function addMemory() {
  const {over_step: steps, accelerator} = report.memory;
  if (steps === undefined || steps.length === 0) return;
  const use = memoryUse();
  let isOfCapacity = Math.max(bytesInUse(use.fullest), use.needed) > 0.2 * use.capacity;
  const scales = {capacity: "to the capacity", peak: "to the peak"};
  const order = isOfCapacity ? ["capacity", "peak"] : ["peak", "capacity"];
  const chart = addChart(addSection("memory", "Memory over the step"), {
    title: `In use in the memory of acc${accelerator}`,
    summary: memorySummary(use),
    controls: [choice("scale", Object.fromEntries(order.map((scale) => [scale, scales[scale]])), (chosen) => {
      isOfCapacity = chosen === "capacity";
      chart.draw();
    })],
    height: (narrow) => (narrow ? 320 : 340),
    option: (view) => memoryOption(view, use, isOfCapacity),
    table: () => memoryTable(use),
  });
}
