// How numbers are written: three significant digits with a prefix, as in the text report.
"use strict";

const format = (() => {
  const prefixes = ["p", "n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
  const ofUnity = 4;

  const threeDigits = (value) => value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);

  const withPrefix = (value, unit) => {
    if (value === 0) return `0 ${unit}`;
    const sign = value < 0 ? "-" : "";
    let scaled = Math.abs(value);
    let power = Math.floor(Math.log10(scaled) / 3 + 1e-12);
    power = Math.min(Math.max(power, -ofUnity), prefixes.length - 1 - ofUnity);
    scaled /= 1000 ** power;
    if (scaled >= 999.5 && power < prefixes.length - 1 - ofUnity) {
      scaled /= 1000;
      power += 1;
    }
    return `${sign}${threeDigits(scaled)} ${prefixes[power + ofUnity]}${unit}`;
  };

  return {
    seconds: (value) => withPrefix(value, "s"),
    joules: (value) => withPrefix(value, "J"),
    jouleSeconds: (value) => withPrefix(value, "J s"),
    bytes: (value) => (Math.abs(value) < 1000 ? `${value} B` : withPrefix(value, "B")),
    bitRate: (value) => withPrefix(value, "b/s"),
    rate: (value, unit) => withPrefix(value, unit),
    percent: (fraction) => `${(100 * fraction).toFixed(1)} %`,
    signedPercent: (fraction) => `${fraction < 0 ? "" : "+"}${(100 * fraction).toFixed(1)} %`,
    count: (value) => value.toLocaleString("en-US", {maximumFractionDigits: 0}),
    ratio: (value) => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3)),
  };
})();

/// "1 point", "2 points".
const many = (count, what) => `${format.count(count)} ${what}${count === 1 ? "" : "s"}`;

/// A key of the report in words.
const spoken = (key) => key.replaceAll("_", " ");
