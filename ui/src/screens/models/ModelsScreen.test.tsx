import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { openConsole, refusal } from "../../testing/console";
import type { Models } from "./list";

afterEach(() => vi.restoreAllMocks());

const models: Models = {
  aliases: [{ name: "gpt-4o", target: "postern/echo" }],
  fallbacks: [],
  upstreams: [
    { name: "aistudio", models: [], problem: "Sign in again." },
    {
      name: "postern",
      models: [{ name: "postern/echo", excluded: false, accounts: [], card: { id: "echo", thinking: true, display_name: "Echo" } }],
    },
  ],
};

describe("the models", () => {
  it("say which source offers none, and why", async () => {
    await openConsole("/models", { "GET /api/models": () => models });
    expect(await screen.findByText("Sign in again.")).toBeDefined();
  });

  it("are kept from clients by a switch, with a way back", async () => {
    const page = await openConsole("/models", { "GET /api/models": () => models, "PUT /api/models/exclusion": () => models });
    await userEvent.click(await screen.findByRole("switch", { name: "Offer postern/echo to clients" }));
    await userEvent.click(await screen.findByRole("button", { name: "Undo" }));
    const said = () => page.asked.filter(({ call }) => call === "PUT /api/models/exclusion").map(({ body }) => body);
    const exclusion = { upstream: "postern", model: "echo" };
    await waitFor(() => expect(said()).toEqual([{ ...exclusion, excluded: true }, { ...exclusion, excluded: false }]));
  });

  it("get aliases, and say why one cannot be", async () => {
    const page = await openConsole("/models", {
      "GET /api/models": () => models,
      "PUT /api/models/aliases/a": () => refusal(400, "invalid", "An alias of an alias."),
    });
    await userEvent.type(await screen.findByLabelText("Name in the client"), "a");
    await userEvent.type(screen.getByLabelText("Means the model"), "gpt-4o");
    await userEvent.click(screen.getByRole("button", { name: "Add" }));
    expect(await screen.findByText(/An alias of an alias\./)).toBeDefined();
    expect(page.asked.find(({ call }) => call === "PUT /api/models/aliases/a")?.body).toEqual({ target: "gpt-4o" });
  });

  it("tell what a name would hit, once it is written", async () => {
    const names: (string | null)[] = [];
    await openConsole("/models", {
      "GET /api/models": () => models,
      "GET /api/models/resolve": (_, url) => {
        names.push(url.searchParams.get("name"));
        return { asked: "gpt-4o", via: "alias", alias_target: "postern/echo", upstream: "postern", model: "echo", accounts: [] };
      },
    });
    await userEvent.type(await screen.findByLabelText("Name in “model”"), "gpt-4o");
    expect(await screen.findByText("It is an alias of postern/echo.")).toBeDefined();
    expect(names).toEqual(["gpt-4o"]);
  });

  it("stand behind one name in an order, which can be changed", async () => {
    const page = await openConsole("/models", {
      "GET /api/models": () => ({ ...models, fallbacks: [{ name: "best", targets: ["a/one", "b/two"] }] }),
      "PUT /api/models/fallbacks/best": () => models,
    });
    await userEvent.click(await screen.findByRole("button", { name: "Change best" }));
    const targets = screen.getByLabelText("Models, the first one first");
    await userEvent.clear(targets);
    await userEvent.type(targets, "b/two, a/one");
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(page.asked.find(({ call }) => call === "PUT /api/models/fallbacks/best")?.body).toEqual({ targets: ["b/two", "a/one"] }),
    );
  });
});
