// What the parts of the page of `hypar run` share: phases, their colours, cycles as seconds.
"use strict";

const phaseNames = ["forward", "backward", "gradient", "update"];
const secondsOf = (cycles) => (cycles * report.clock_picoseconds) / 1e12;
const layerNames = report.layers.map(({name}) => name);

function phaseColours(theme) {
  return {forward: theme.blue, backward: theme.orange, gradient: theme.green, update: theme.purple};
}

const nameOfLink = ({from, to}) => `${from} \u2192 ${to}`;

/// Every phase of every layer that took any time.
const activePhases = report.layers.flatMap(({name, phases}) => phaseNames
    .map((phase) => ({layer: name, phase, ...phases[phase]}))
    .filter(({cycles}) => cycles > 0));
