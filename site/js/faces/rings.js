// Circles around the faces of a photo, as pure functions.

/**
 * @typedef {import("../photos/rows.js").Box} Box
 *
 * @typedef {object} Ring  In pixels of the photo as it is shown.
 * @property {number} x      Of its middle.
 * @property {number} y
 * @property {number} size   Its diameter.
 * @property {number} reach  Diameter of the circle that a pointer can hit: never less than `size`.
 */

// A box ends at the chin and at the hair; a ring leaves some space.
const ROOM = 1.3;
const SMALLEST_PX = 16;

/** What a finger can hit (WCAG 2.2, success criterion 2.5.5). */
export const TARGET_PX = 44;

/**
 * A ring for each face. None goes beyond the photo, and none covers the middle of another.
 * @param {Box[]} boxes
 * @param {number} width   Of the photo as it is shown, in pixels.
 * @param {number} height
 * @returns {Ring[]}
 */
export function ringsOf(boxes, width, height) {
  const rings = boxes.map((box) => {
    const wanted = Math.max(box.Width * width, box.Height * height) * ROOM;
    const size = Math.min(Math.max(wanted, SMALLEST_PX), width, height);
    const x = within((box.Left + box.Width / 2) * width, size / 2, width);
    const y = within((box.Top + box.Height / 2) * height, size / 2, height);
    return { x, y, size };
  });
  return rings.map((ring, index) => {
    const nearest = rings.reduce(
      (least, other, at) => (at === index ? least : Math.min(least, Math.hypot(other.x - ring.x, other.y - ring.y))),
      Infinity,
    );
    return { ...ring, reach: Math.max(ring.size, Math.min(TARGET_PX, nearest)) };
  });
}

/**
 * The middle nearest to the wanted one, so that a circle lies within the photo.
 * @param {number} middle
 * @param {number} radius
 * @param {number} whole
 */
const within = (middle, radius, whole) => Math.min(Math.max(middle, radius), whole - radius);
