// What fills the projector round a photo: the photo itself, blurred. A few pixels of it, drawn large, cost a laptop nothing
// however long the show is, and need no picture in memory. CSS fades the one into the other.

const WIDTH = 64;

export class Backdrop {
  /** @param {HTMLElement} place  With two canvases. */
  constructor(place) {
    this.canvases = [...place.querySelectorAll("canvas")];
  }

  /** @param {HTMLImageElement} image  One that has been decoded. */
  turnTo(image) {
    const next = this.canvases.find((canvas) => !canvas.classList.contains("on"));
    if (!next || !image.naturalWidth) return;
    next.width = WIDTH;
    next.height = Math.max(1, Math.round((WIDTH * image.naturalHeight) / image.naturalWidth));
    next.getContext("2d")?.drawImage(image, 0, 0, next.width, next.height);
    for (const canvas of this.canvases) canvas.classList.toggle("on", canvas === next);
  }

  /** Nothing of a photo that was taken back stays. */
  clear() {
    for (const canvas of this.canvases) {
      canvas.classList.remove("on");
      canvas.width = WIDTH; // which empties it
    }
  }
}
