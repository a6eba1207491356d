// The step in time: one segment after the other, and what each waits for last.
"use strict";

function describeThrough(through) {
  if (!through) return [];
  if (through.link !== undefined) {
    const link = through.link === null ? [] : [`busiest link ${nameOfLink(through.link)}`];
    return [`last: ${through.sender} to ${through.receiver}`, ...link, `bound by ${through.bound}`];
  }
  const unit = through.unit === "vector" ? "vector unit" : `unit ${through.unit}`;
  return [`last: ${through.accelerator}, ${unit}, vault ${through.busiest_vault}`, `bound by ${through.bound}`];
}

const nameOfSegment = ({layer, phase, activity, level}) =>
  `${layer} ${phase}${activity === "exchange" ? `, exchange ${level}` : ""}`;

/// A segment's slice: computing in its phase's colour, an exchange hatched and lower.
function segmentShape(segment, api, theme) {
  const isExchange = segment.activity === "exchange";
  const [left, middle] = api.coord([api.value(0), api.value(2)]);
  const [right] = api.coord([api.value(1), api.value(2)]);
  const height = api.size([0, 1])[1] * (isExchange ? 0.4 : 0.75);
  return {
    type: "rect",
    shape: {x: left, y: middle - height / 2, width: Math.max(right - left, 0.4), height},
    style: {
      fill: isExchange ? theme.red : phaseColours(theme)[segment.phase],
      ...(isExchange ? {decal: decal(theme, "lines")} : {}),
    },
  };
}

function addTimeline() {
  const segments = report.timeline;
  if (segments === undefined || segments.length === 0) return;
  const section = addSection("timeline", "The step in time");
  const lanes = phaseNames.filter((phase) => segments.some((segment) => segment.phase === phase));
  addChart(section, {
    title: report.overlap === undefined ? "Phases of layers, one after the other"
                                        : "What the step runs through, one after the other",
    summary: `${segments.length} segments. Exchanges${report.overlap === undefined ? ", in which nothing is computed," : ""} are red, hatched and lower. The ` +
             "slider below the chart shows a part.",
    height: () => 280,
    option: ({theme}) => ({
      grid: {left: 8, right: 24, top: 8, bottom: 56, outerBoundsMode: "same", outerBoundsContain: "axisLabel"},
      tooltip: tooltip(theme, {formatter: ({dataIndex}) => {
        const segment = segments[dataIndex];
        const [length, start] = [segment.cycles, segment.start_cycle].map((cycles) => format.seconds(secondsOf(cycles)));
        return tooltipLines(nameOfSegment(segment), `${length} from ${start}`, ...describeThrough(segment.through));
      }}),
      xAxis: axis(theme, {type: "value", max: secondsOf(report.step.cycles), axisLabel: {formatter: format.seconds, showMaxLabel: false}}),
      yAxis: axis(theme, {type: "category", data: lanes, inverse: true, splitLine: {show: false}}),
      dataZoom: [{
        type: "slider", height: 18, bottom: 8, filterMode: "weakFilter", labelFormatter: format.seconds, showDataShadow: false,
        borderColor: theme.line, textStyle: {color: theme.muted},
      }],
      series: [{
        type: "custom",
        clip: true,
        encode: {x: [0, 1], y: 2},
        data: segments.map(({start_cycle: start, cycles, phase}) => [secondsOf(start), secondsOf(start + cycles), lanes.indexOf(phase)]),
        renderItem: ({dataIndex}, api) => segmentShape(segments[dataIndex], api, theme),
      }],
    }),
    table: () => ({
      head: ["segment", "activity", "start", "cycles", "time", "sent", "waits for"],
      rows: segments.map((segment) => [
        nameOfSegment(segment), segment.activity, cells.seconds(secondsOf(segment.start_cycle)), cells.count(segment.cycles),
        cells.seconds(secondsOf(segment.cycles)), cells.bytes(segment.sent_bytes), describeThrough(segment.through).join("; "),
      ]),
    }),
  });
}
