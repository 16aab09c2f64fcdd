import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";

import { refusal } from "../../testing/console";
import { open, setting } from "./fakeSettings";

const proxy = setting("network.proxy", { type: "text", expected: "a proxy" }, "system");
const reached = { outcome: "reached", url: "https://a.example/", way: "http://127.0.0.1:7890", status: 204, milliseconds: 87 };
const test = () => screen.findByRole("button", { name: "Test" });

describe("the way out", () => {
  it("is tried by the way in force, and tells by which and how long", async () => {
    const fake = await open("network", [proxy], { "POST /api/network/test": () => reached });
    await userEvent.click(await test());
    await screen.findByText("The internet is reached");
    expect(screen.getByText("Status 204 · through http://127.0.0.1:7890 · 87 ms")).toBeTruthy();
    expect(fake.sent("POST /api/network/test")).toEqual([{ url: "https://www.google.com/generate_204" }]);
  });

  it("says why nobody was reached, and whom else it may try", async () => {
    const failed = { outcome: "proxy_wants_login", url: "", way: "direct", milliseconds: 5, why: "the proxy wants a name" };
    const fake = await open("network", [proxy], { "POST /api/network/test": () => failed });
    const url = await screen.findByLabelText("Address to reach");
    await userEvent.clear(url);
    await userEvent.type(url, "https://b.example/{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("the proxy wants a name");
    expect(fake.sent("POST /api/network/test")).toEqual([{ url: "https://b.example/" }]);
  });

  it("keeps what could not be tried apart from what was not reached", async () => {
    await open("network", [proxy], { "POST /api/network/test": () => refusal(400, "invalid", "This is no address.") });
    await userEvent.click(await test());
    await screen.findByText("The test could not be run. This is no address.");
  });
});
