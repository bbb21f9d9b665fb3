// Pictures that a visitor drops anywhere on the page, or pastes.

/**
 * @param {HTMLElement} place  Shows while a file is held over the page.
 * @param {(picture: File) => void} use
 */
export function watchDrops(place, use) {
  const hold = (/** @type {boolean} */ held) => place.classList.toggle("dropping", held);
  document.addEventListener("dragover", (event) => {
    event.preventDefault(); // otherwise the browser would open the file instead of the page
    hold(event.dataTransfer?.types.includes("Files") ?? false);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) hold(false); // it left the window
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    hold(false);
    const [file] = event.dataTransfer?.files ?? [];
    if (file) use(file);
  });
  document.addEventListener("paste", (event) => {
    const [file] = event.clipboardData?.files ?? [];
    if (file) use(file);
  });
}
