import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { host } from "../../host";
import { type Answers, openPage } from "../requests/fakeConsole";
import { Bench } from "./bench";
import { BenchContext } from "./theBench";

type Asked = { model: string; messages: { role: string; content: unknown }[]; temperature?: number };

const chunk = (delta: object, more: object = {}) => `data: ${JSON.stringify({ choices: [{ delta, finish_reason: null }], ...more })}\n\n`;
const streamed = (...pieces: string[]) =>
  new Response(`${pieces.join("")}data: [DONE]\n\n`, {
    headers: { "content-type": "text/event-stream", "x-request-id": "req-7", "x-postern-warnings": "no such box" },
  });
const input = () => screen.getByRole("textbox", { name: "Message" });

/** A playground that has forgotten what other tests did. */
async function open(answers: Answers, path = "/playground") {
  const requests: Asked[] = [];
  const chat = answers["/api/playground/chat"];
  const recorded: Answers = {
    ...answers,
    "/api/playground/chat": (url, init) => {
      requests.push(JSON.parse(String(init?.body)) as Asked);
      return chat?.(url, init);
    },
  };
  const bench = new Bench((address, init) => host.fetch(address, init), sessionStorage);
  const page = await openPage(path, recorded, (children) => <BenchContext value={bench}>{children}</BenchContext>);
  await screen.findByRole("combobox", { name: "Model" });
  return { ...page, requests };
}

beforeEach(() => sessionStorage.clear());
afterEach(() => vi.restoreAllMocks());

test("a message is sent by keyboard, and its answer shown with what belongs to it", async () => {
  const usage = { usage: { prompt_tokens: 3, completion_tokens: 2 } };
  const { requests } = await open({
    "/api/playground/chat": () => streamed(chunk({ reasoning_content: "Hm." }), chunk({ content: "**Hello**" }), chunk({}, usage)),
  });
  await waitFor(() => expect(screen.getByRole("combobox", { name: "Model" })).toHaveProperty("value", "gemini"));
  await userEvent.type(input(), "Hi");
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect((await screen.findByText("Hello")).tagName).toBe("STRONG");
  expect(requests).toEqual([
    { model: "gemini", messages: [{ role: "user", content: "Hi" }], stream: true, stream_options: { include_usage: true } },
  ]);
  expect(screen.getByText(/Thought for/)).toBeTruthy();
  expect(screen.getByText(/2 tokens · 1 warning/)).toBeTruthy();
  await userEvent.click(screen.getByRole("tab", { name: "Timing" }));
  expect(screen.getByRole("link", { name: "req-7" }).getAttribute("href")).toContain("id=req-7");
  expect(screen.getByText("no such box")).toBeTruthy();
  await userEvent.click(screen.getByRole("tab", { name: "Code" }));
  expect(screen.getByText(/curl -N 'http:\/\/127\.0\.0\.1:9\/v1\/chat\/completions'/)).toBeTruthy();
});

test("keys of an input method never send", async () => {
  const { requests } = await open({ "/api/playground/chat": () => streamed() });
  await userEvent.type(input(), "ni");
  fireEvent.keyDown(input(), { key: "Enter", ctrlKey: true, isComposing: true });
  expect(requests).toEqual([]);
  expect(input()).toHaveProperty("value", "ni");
});

test("an error is told with what to do, and leads to its request", async () => {
  const body = { error: { message: "Nothing offers 'x'.", type: "invalid_request_error", param: "model", code: "model_not_found" } };
  await open({ "/api/playground/chat": () => Response.json(body, { status: 404, headers: { "x-request-id": "req-9" } }) });
  await userEvent.type(input(), "Hi");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByText("Nobody offers this model");
  expect(screen.getByText("Nothing offers 'x'.")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Look at this request" }).getAttribute("href")).toContain("id=req-9");
  expect(screen.getByRole("link", { name: "Open Models" })).toBeTruthy();
});

test("a running answer is stopped with Esc and keeps what has come", async () => {
  const pieces = new TransformStream<Uint8Array, Uint8Array>();
  const writer = pieces.writable.getWriter();
  await open({
    "/api/playground/chat": (_, init) => {
      init?.signal?.addEventListener("abort", () => void writer.abort(new DOMException("", "AbortError")).catch(() => undefined));
      return new Response(pieces.readable, { headers: { "content-type": "text/event-stream" } });
    },
  });
  await userEvent.type(input(), "Hi");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await writer.write(new TextEncoder().encode(chunk({ content: "Half of it" })));
  await screen.findByText("Half of it");
  await userEvent.keyboard("{Escape}");
  await screen.findByText(/stopped/, { selector: "button, div" });
  expect(screen.getByText("Half of it")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Send" })).toBeTruthy();
});

test("parameters that cannot be are told, and nothing is sent until they are corrected", async () => {
  const { requests } = await open({ "/api/playground/chat": () => streamed(chunk({ content: "Yes" })) });
  await userEvent.type(input(), "Hi");
  await userEvent.click(screen.getByRole("button", { name: "Parameters" }));
  await userEvent.type(await screen.findByRole("textbox", { name: "Temperature" }), "3");
  await screen.findByText("A number from 0 to 2.");
  expect(screen.getByText("Send").closest("button")?.getAttribute("aria-disabled")).toBe("true");
  await userEvent.clear(screen.getByRole("textbox", { name: "Temperature" }));
  await userEvent.type(screen.getByRole("textbox", { name: "Temperature" }), "0.5");
  await userEvent.keyboard("{Escape}");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByText("Yes");
  expect(requests[0]?.temperature).toBe(0.5);
});

test("a text file goes into the message", async () => {
  const { requests } = await open({ "/api/playground/chat": () => streamed(chunk({ content: "Yes" })) });
  await userEvent.upload(screen.getByTestId("files"), new File(["a = 1\n"], "a.py", { type: "text/x-python" }));
  await screen.findByText("a.py");
  await userEvent.click(screen.getByRole("button", { name: "Send" }));
  await screen.findByText("Yes");
  expect(requests[0]?.messages[0]?.content).toBe("a.py\n```py\na = 1\n```");
});

test("a recorded request is opened as a conversation", async () => {
  const body = { model: "old", messages: [{ role: "system", content: "Be brief." }, { role: "user", content: "What is it?" }], temperature: 0.1 };
  const { router } = await open({ "/api/requests/req-3": () => ({ timeline: { marks: [] }, body: JSON.stringify(body) }) }, "/playground?replay=req-3");
  await screen.findByText("What is it?");
  expect(screen.getByRole("combobox", { name: "Model" })).toHaveProperty("value", "old");
  expect(screen.getByText("Temperature: 0.1")).toBeTruthy();
  await waitFor(() => expect(router.state.location.search).toEqual({}));
});
