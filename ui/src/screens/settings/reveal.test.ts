import { afterEach, expect, it, vi } from "vitest";

import { notify } from "../../parts/toast";
import { reveal } from "./reveal";

const show = vi.hoisted(() => vi.fn());
vi.mock("../../host", () => ({ host: { kind: "window", native: { reveal: show } } }));

afterEach(() => vi.restoreAllMocks());

it("the window shows a path in its folder, and says when that fails", async () => {
  const told = vi.spyOn(notify, "problem").mockReturnValue(undefined);
  show.mockResolvedValueOnce(undefined);
  await reveal?.("/data/config.toml");
  expect(show).toHaveBeenCalledWith("/data/config.toml");
  expect(told).not.toHaveBeenCalled();
  const refused = new Error("outside of the data folder");
  show.mockRejectedValueOnce(refused);
  await reveal?.("/etc");
  expect(told).toHaveBeenCalledWith("The folder could not be shown", refused);
});
