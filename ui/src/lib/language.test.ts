import { describe, expect, it } from "vitest";

import { pick, speak } from "./language";

describe("languages", () => {
  it("are chosen by the first preference that is spoken", () => {
    expect(pick(["fr-FR", "zh-TW", "en"])).toBe("zh-CN");
    expect(pick(["en-GB", "zh"])).toBe("en");
    expect(pick(["fr"])).toBe("en");
    expect(pick([])).toBe("en");
  });

  it("are told to the browser, so that Han characters get their shapes", async () => {
    await speak("zh-CN");
    expect(document.documentElement.lang).toBe("zh-CN");
    await speak("en");
    expect(document.documentElement.lang).toBe("en");
  });
});
