// The camera: shows what it sees, and takes a picture of it.

import { make } from "../elements.js";
import { CodedError } from "../errors.js";

// problems.js puts each of them into words.
/** @type {Record<string, string>} */
const CODES = {
  NotAllowedError: "CameraRefused",
  NotFoundError: "CameraMissing",
  OverconstrainedError: "CameraMissing",
  NotReadableError: "CameraBusy",
};

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

export class Camera {
  /** @param {HTMLVideoElement} video  Shows what the camera sees; the style sheet mirrors it. */
  constructor(video) {
    this.video = video;
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  /** Ask for the camera and show what it sees. Throws a `CodedError` with a code for each kind of refusal. */
  async open() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" }, audio: false });
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.close();
      const name = error instanceof DOMException ? error.name : "";
      throw new CodedError(CODES[name] ?? "CameraBusy", name);
    }
  }

  /** @returns {Promise<Blob>}  What the camera sees now, not mirrored. */
  async take() {
    const canvas = make("canvas", { width: this.video.videoWidth, height: this.video.videoHeight });
    canvas.getContext("2d")?.drawImage(this.video, 0, 0);
    const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
    if (!(picture instanceof Blob)) throw new CodedError("CameraBusy", "no picture");
    return picture;
  }

  /** Switch the camera off. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }
}
