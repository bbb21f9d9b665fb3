import assert from "node:assert/strict";
import { test } from "node:test";
import "./page.js";

const { answerOf } = await import("../../site/js/aws/http.js");

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
