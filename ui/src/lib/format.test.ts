import { afterEach, describe, expect, it } from "vitest";

import { formatBytes, formatCompact, formatDuration, formatPercent, formatRelative } from "./format";
import { speak } from "./language";

afterEach(() => speak("en"));

describe("numbers in words", () => {
  it("give durations the two units that matter", () => {
    const inWords = [0, 840, 3210, 42_000, 252_000, 3_600_000, 3_900_000, 187_200_000].map(formatDuration);
    expect(inWords).toEqual(["0ms", "840ms", "3.2s", "42s", "4m 12s", "1h", "1h 5m", "2d 4h"]);
  });

  it("never say sixty seconds", () => {
    expect(formatDuration(59_999)).not.toContain("60");
  });

  it("give bytes a unit that fits", () => {
    expect([0, 999, 1500, 183_000_000, 4.2e9].map(formatBytes)).toEqual(["0 bytes", "999 bytes", "1.5 kB", "183 MB", "4.2 GB"]);
  });

  it("shorten what is large, in the way of the language", async () => {
    expect([9999, 1_234_567].map(formatCompact)).toEqual(["9,999", "1.2M"]);
    await speak("zh-CN");
    expect(formatCompact(1_234_567)).toBe("123.5万");
    expect(formatDuration(252_000)).toBe("4分钟 12秒");
  });

  it("give shares a digit", () => {
    expect([1, 0.983, 0].map(formatPercent)).toEqual(["100%", "98.3%", "0%"]);
  });

  it("tell how long ago and how long to go", () => {
    const now = 1_700_000_000_000;
    expect(formatRelative(now - 3000, now)).toBe("now");
    expect(formatRelative(now - 200_000, now)).toBe("3 minutes ago");
    expect(formatRelative(now + 7_300_000, now)).toBe("in 2 hours");
    expect(formatRelative(now - 40 * 86_400_000, now)).toMatch(/2023/);
  });
});
