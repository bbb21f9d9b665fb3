// Drawing at random.

/**
 * Draw items at random, none of them twice. An item with twice the weight is twice as likely to be drawn.
 * @template T
 * @param {T[]} items
 * @param {number} count
 * @param {(item: T) => number} weightOf  0 for never.
 * @param {() => number} [random]  From 0 to below 1.
 * @returns {T[]}
 */
export function draw(items, count, weightOf, random = Math.random) {
  // Efraimidis and Spirakis: take the largest of u^(1/weight), with u uniform.
  return items
    .filter((item) => weightOf(item) > 0)
    .map((item) => ({ item, rank: Math.log(1 - random()) / weightOf(item) }))
    .sort((a, b) => b.rank - a.rank)
    .slice(0, count)
    .map(({ item }) => item);
}
