import { act, renderHook } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { useAction } from "./hooks";

/** A job that ends when the test says so. */
function held() {
  let succeed = () => {};
  let fail = (_: Error) => {};
  const job = vi.fn(
    () =>
      new Promise<void>((resolve, reject) => {
        succeed = resolve;
        fail = reject;
      }),
  );
  return { job, succeed: () => succeed(), fail: (error: Error) => fail(error) };
}

/** The hook with a held job on its way; `ends` waits for what the job comes to. */
function begun(options?: Parameters<typeof useAction>[0]) {
  const { result, unmount } = renderHook(() => useAction(options));
  const one = held();
  let going = Promise.resolve(false);
  act(() => {
    going = result.current.run(one.job);
  });
  const ends = (end: () => void) =>
    act(async () => {
      end();
      return await going;
    });
  return { result, unmount, one, ends };
}

const refused = new Error("It is in use.");

describe("an action", () => {
  it("is busy until it is done, and tells that it succeeded", async () => {
    const { result, one, ends } = begun();
    expect(result.current).toMatchObject({ busy: true, trouble: null });
    expect(await ends(one.succeed)).toBe(true);
    expect(result.current).toMatchObject({ busy: false, trouble: null });
  });

  it("keeps why it failed until it is begun again", async () => {
    const { result, one, ends } = begun();
    expect(await ends(() => one.fail(refused))).toBe(false);
    expect(result.current).toMatchObject({ busy: false, trouble: refused });
    act(() => void result.current.run(held().job));
    expect(result.current).toMatchObject({ busy: true, trouble: null });
  });

  it("tells the trouble to whoever asks for it, instead of keeping it", async () => {
    const { result } = renderHook(() => useAction());
    const told = vi.fn();
    await act(() => result.current.run(() => Promise.reject(refused), told));
    expect(told).toHaveBeenCalledExactlyOnceWith(refused);
    expect(result.current).toMatchObject({ busy: false, trouble: null });
  });

  it("is begun once by two presses before the page is drawn anew, and can be begun again when it is done", async () => {
    const { result } = renderHook(() => useAction());
    const first = held();
    const second = vi.fn(() => Promise.resolve());
    const { run } = result.current;
    await act(async () => {
      const going = run(first.job);
      expect(await run(second)).toBe(false);
      first.succeed();
      expect(await going).toBe(true);
    });
    expect(first.job).toHaveBeenCalledOnce();
    expect(second).not.toHaveBeenCalled();
    await act(() => result.current.run(second));
    expect(second).toHaveBeenCalledOnce();
  });

  it("stays busy when its success takes the button away, not when it fails", async () => {
    const failing = begun({ leaves: true });
    await failing.ends(() => failing.one.fail(refused));
    expect(failing.result.current).toMatchObject({ busy: false, trouble: refused });
    const leaving = begun({ leaves: true });
    expect(await leaving.ends(leaving.one.succeed)).toBe(true);
    expect(leaving.result.current.busy).toBe(true);
    expect(await leaving.result.current.run(() => Promise.resolve())).toBe(false);
  });

  it("ends in peace when its component is gone before", async () => {
    const complaint = vi.spyOn(console, "error").mockImplementation(() => {});
    const [well, badly] = [begun(), begun()];
    well.unmount();
    badly.unmount();
    expect(await well.ends(well.one.succeed)).toBe(true);
    expect(await badly.ends(() => badly.one.fail(refused))).toBe(false);
    expect(complaint).not.toHaveBeenCalled();
    complaint.mockRestore();
  });
});
