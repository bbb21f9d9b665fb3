// Files that are dropped anywhere on the page, or pasted.

/**
 * @param {HTMLElement} place  Shows while files are held over the page.
 * @param {(files: File[]) => void} use  Called with one at least.
 */
export function watchDrops(place, use) {
  const take = (/** @type {FileList | undefined} */ files) => files?.length && use([...files]);
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
    take(event.dataTransfer?.files);
  });
  document.addEventListener("paste", (event) => take(event.clipboardData?.files));
}
