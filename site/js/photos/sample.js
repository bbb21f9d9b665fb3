// Drawing at random.

/**
 * Draw items without putting them back, each as likely as its weight.
 * @template T
 * @param {T[]} items
 * @param {number} count
 * @param {(item: T) => number} weightOf  0 is never drawn.
 * @param {() => number} [random]  From 0 to below 1.
 * @returns {T[]}
 */
export function draw(items, count, weightOf, random = Math.random) {
  // Efraimidis and Spirakis: the largest of u^(1/weight), u uniform, are such a sample.
  return items
    .filter((item) => weightOf(item) > 0)
    .map((item) => ({ item, rank: Math.log(1 - random()) / weightOf(item) }))
    .sort((a, b) => b.rank - a.rank)
    .slice(0, count)
    .map(({ item }) => item);
}
