import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { answerOf, serviceUrl } = await import("../../site/js/aws/http.js");
const { config } = await import("../../site/js/config.js");

const answer = (body, init = {}) => answerOf(Promise.resolve(new Response(body, init)));
const failed = (body, headers = {}) => answer(body, { status: 400, headers });

test("an answer is its JSON", async () => {
  assert.deepEqual(await answer('{"Items":[]}'), { Items: [] });
  assert.deepEqual(await answer(""), {}, "an answer may be empty");
});

test("an error has AWS's code, wherever AWS puts it", async () => {
  const code = "ThrottlingException";
  await assert.rejects(failed(`{"__type":"com.amazon.coral.service#${code}","message":"slow"}`), { code, message: "slow" });
  await assert.rejects(failed(`{"__type":"${code}","Message":"slow"}`), { code, message: "slow" });
  await assert.rejects(failed(`{"Code":"${code}"}`), { code });
  await assert.rejects(failed("", { "x-amzn-errortype": `${code}:http://internal.amazon.com/` }), { code });
  await assert.rejects(failed("<html>"), { code: "Http400" });
});

test("a function that crashed is an error, though Lambda answers", async () => {
  await assert.rejects(answer("{}", { headers: { "x-amz-function-error": "Unhandled" } }), { code: "FunctionFailed" });
});

test("no answer means offline", async () => {
  await assert.rejects(answerOf(Promise.reject(new TypeError("Failed to fetch"))), { code: "Offline" });
});

test("in the home network, a laptop's AWS is at the page's own origin", () => {
  const own = { protocol: "https:", origin: "https://laptop.local:8443" };
  const here = { protocol: "http:", origin: "http://localhost:8000" };
  for (const [endpoint, location, url] of [
    [null, own, "https://dynamodb.us-east-1.amazonaws.com"],
    ["http://localhost:4566", here, "http://localhost:4566"],
    ["http://localhost:4566", own, own.origin],
    ["https://aws.example", own, "https://aws.example"],
  ]) {
    config.endpoint = endpoint;
    globalThis.location = location;
    assert.equal(serviceUrl("dynamodb"), url);
  }
  config.endpoint = null;
});

test("a page that is no longer logged in is loaded again, to show the login", async () => {
  let reloads = 0;
  globalThis.location = { reload: () => reloads++ };
  await assert.rejects(failed('{"__type":"LoggedOut"}'), { code: "LoggedOut" });
  assert.equal(reloads, 1);
});
