// points as whole millionths, so that sums are exact
const UNIT = 1_000_000;

export const exact = (words) => Math.round(Number(String(words).trim().replace(",", ".").replace("−", "-")) * UNIT);

export const shown = (millionths) => String(millionths / UNIT);

export const isPoints = (words) => /^[+-]?\d{1,9}([.,]\d{1,6})?$/.test(words.trim().replace("−", "-"));

// what a mark comes to, null for none: `worths` are the points of the lines that are ticked
export function total(worths, mark, possible) {
  if (worths.length === 0) return mark.points === null ? null : exact(mark.points);
  const takesAway = worths.every((each) => each <= 0) && worths.some((each) => each < 0);
  const sum = worths.reduce((before, each) => before + each, takesAway ? possible : 0) + exact(mark.adjustment);
  return Math.min(Math.max(sum, 0), possible);
}
