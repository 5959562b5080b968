// Exact decimal arithmetic for the figures shown between a key press and the server's answer. Numbers are BigInt in
// units of 10^-6; the server's figures replace them and decide.
const SCALE = 6;
const ONE = 10n ** BigInt(SCALE);

/** A decimal as typed ("2,5", "1 200") or as sent ("167.3900"); null where it is none. */
export function parse(text) {
  const plain = String(text).replace(/[\s\u00a0\u202f]/g, "").replace(",", ".").replace("\u2212", "-");
  const match = /^(-?)(\d*)(?:\.(\d*))?$/.exec(plain);
  if (!match || (!match[2] && !match[3])) return null;
  const fraction = (match[3] ?? "").slice(0, SCALE).padEnd(SCALE, "0");
  const value = BigInt(match[2] || "0") * ONE + BigInt(fraction);
  return match[1] ? -value : value;
}

/** The smallest multiple of `step` that is neither below `value` nor below `minimum`; zero stays zero. */
export function roundUp(value, step, minimum) {
  if (value <= 0n) return 0n;
  const least = value > minimum ? value : minimum;
  const unit = step > 0n ? step : 1n;
  return ((least + unit - 1n) / unit) * unit;
}

/** Product rounded to hundredths, half away from zero. */
export function times(price, quantity) {
  const exact = price * quantity;
  const cent = ONE * (ONE / 100n);
  const half = exact < 0n ? -cent / 2n : cent / 2n;
  return ((exact + half) / cent) * (ONE / 100n);
}

/** The text that goes to the server: a point, no grouping, no trailing zeros. */
export function plain(value) {
  const sign = value < 0n ? "-" : "";
  const size = value < 0n ? -value : value;
  const fraction = (size % ONE).toString().padStart(SCALE, "0").replace(/0+$/, "");
  return sign + (size / ONE).toString() + (fraction ? `.${fraction}` : "");
}

/** The text for people, in the language of the page. */
export function shown(value, digits = 0) {
  const format = new Intl.NumberFormat(document.documentElement.lang, {
    minimumFractionDigits: digits,
    maximumFractionDigits: SCALE,
  });
  return format.format(plain(value));
}
