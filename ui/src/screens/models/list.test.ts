import { describe, expect, it } from "vitest";

import { listedId, type Models, modelsOf } from "./list";

const model = (id: string, display_name: string | null) => ({
  name: id,
  excluded: false,
  accounts: [],
  card: { id, thinking: false, display_name },
});
const models: Models = {
  aliases: [],
  fallbacks: [],
  upstreams: [
    { name: "aistudio", models: [model("gemini-3-flash", "Gemini 3 Flash"), model("gemini-3-pro", "Gemini 3 Pro")] },
    { name: "postern", models: [model("echo", null)] },
  ],
};

describe("the list of models", () => {
  it("is found by every word, wherever it stands", () => {
    expect(modelsOf(models, "PRO aistudio").map(listedId)).toEqual(["aistudio/gemini-3-pro"]);
    expect(modelsOf(models, "nothing")).toEqual([]);
  });

  it("is whole without a search, in the order of the upstreams", () => {
    expect(modelsOf(models, " ").map(listedId)).toEqual(["aistudio/gemini-3-flash", "aistudio/gemini-3-pro", "postern/echo"]);
  });
});
