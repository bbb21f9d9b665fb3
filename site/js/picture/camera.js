// The camera: a mirrored picture to look at, and one taken from it as it is.

import { AwsError } from "../aws/calls.js";

/** @type {Record<string, string>} */
const CODES = {
  NotAllowedError: "CameraRefused",
  NotFoundError: "CameraMissing",
  OverconstrainedError: "CameraMissing",
  NotReadableError: "CameraBusy",
};

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

export class Camera {
  /** @param {HTMLVideoElement} video  Shows what the camera sees. */
  constructor(video) {
    this.video = video;
    /** @type {MediaStream | null} */
    this.stream = null;
  }

  /** Ask for the camera and show it; what keeps it away is an `AwsError` with a code of its own. */
  async open() {
    try {
      this.stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "user" }, audio: false });
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.close();
      const name = error instanceof DOMException ? error.name : "";
      throw new AwsError(CODES[name] ?? "CameraBusy", name);
    }
  }

  /** @returns {Promise<Blob>}  What the camera sees now. */
  async take() {
    const canvas = document.createElement("canvas");
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext("2d")?.drawImage(this.video, 0, 0);
    const picture = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.95));
    if (!(picture instanceof Blob)) throw new AwsError("CameraBusy", "no picture");
    return picture;
  }

  /** Switch the camera off. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
    this.video.srcObject = null;
  }
}
