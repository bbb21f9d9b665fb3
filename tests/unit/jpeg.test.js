import assert from "node:assert/strict";
import { test } from "node:test";
import { around, squareRound } from "../../site/js/picture/jpeg.js";
import { numbers } from "./page.js";

test("without a face, the whole picture stays", () => {
  assert.deepEqual(around({ width: 640, height: 480 }, 1.5), { x: 0, y: 0, width: 640, height: 480 });
});

test("a cut holds the face with its margin, and ends at the edges", () => {
  const random = numbers(9);
  const next = () => random.next().value;
  for (let round = 0; round < 500; round += 1) {
    const picture = { width: 100 + next() * 4000, height: 100 + next() * 4000 };
    const [Left, Top] = [next() * 0.9, next() * 0.9];
    const face = { Left, Top, Width: next() * (1 - Left), Height: next() * (1 - Top) };
    const cut = around(picture, 0.6, face);
    assert.ok(cut.x >= 0 && cut.y >= 0);
    assert.ok(cut.x + cut.width <= picture.width + 1e-6 && cut.y + cut.height <= picture.height + 1e-6);
    assert.ok(cut.x <= Left * picture.width && cut.y <= Top * picture.height);
    assert.ok(cut.x + cut.width >= (Left + face.Width) * picture.width - 1e-6);
  }
});

test("a portrait is a square around the face that never leaves the picture", () => {
  const random = numbers(4);
  const next = () => random.next().value;
  for (let round = 0; round < 500; round += 1) {
    const picture = { width: 100 + next() * 4000, height: 100 + next() * 4000 };
    const [Left, Top] = [next() * 0.9, next() * 0.9];
    const face = { Left, Top, Width: next() * (1 - Left), Height: next() * (1 - Top) };
    const square = squareRound(picture, face);
    assert.equal(square.width, square.height);
    assert.ok(square.x >= 0 && square.x + square.width <= picture.width + 1e-6);
    assert.ok(square.y >= 0 && square.y + square.height <= picture.height + 1e-6);
    const middle = (Left + face.Width / 2) * picture.width;
    assert.ok(square.x <= middle && middle <= square.x + square.width, "the face is in it");
  }
});

test("a portrait of a picture without a face is cut a little above the middle", () => {
  assert.deepEqual(squareRound({ width: 400, height: 800 }), { x: 0, y: 100, width: 400, height: 400 });
});
