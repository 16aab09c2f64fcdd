import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { host } from "../host";
import { Markdown } from "./Markdown";
import { TooltipProvider } from "./Tooltip";

const show = (text: string) =>
  render(
    <TooltipProvider>
      <Markdown text={text} />
    </TooltipProvider>,
  ).container;

describe("what a model wrote", () => {
  it("keeps HTML as text", () => {
    const page = show('<img src=x onerror="alert(1)"> <script>alert(1)</script>');
    expect(page.querySelector("img, script")).toBeNull();
    expect(page.textContent).toContain("<script>");
  });

  it("fetches no picture from anywhere", () => {
    const page = show("![a plan](https://example.org/p.png) ![dot](data:image/png;base64,AAAA) ![x](data:text/html,x)");
    expect([...page.querySelectorAll("img")].map((img) => img.getAttribute("src"))).toEqual(["data:image/png;base64,AAAA"]);
    expect(page.textContent).toContain("a plan");
  });

  it("opens links of the web outside, and has no others", async () => {
    const opened = vi.spyOn(host, "openExternal").mockResolvedValue();
    show("[good](https://example.org/) [bad](javascript:alert(1)) [file](file:///etc/passwd)");
    expect(screen.getAllByRole("link")).toHaveLength(1);
    await userEvent.click(screen.getByRole("link", { name: "good" }));
    expect(opened).toHaveBeenCalledWith("https://example.org/");
    vi.restoreAllMocks();
  });

  it("shows code to be copied", () => {
    show("```rust\nfn main() {}\n```");
    expect(screen.getByText("fn main() {}")).toBeDefined();
    expect(screen.getByRole("button", { name: "Copy: rust" })).toBeDefined();
  });
});
