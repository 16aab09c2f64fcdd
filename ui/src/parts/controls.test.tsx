import { fireEvent, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { Button } from "./Button";
import { Combobox } from "./Combobox";
import { ConfirmDialog } from "./ConfirmDialog";
import { CopyButton } from "./CopyButton";
import { Field } from "./Field";
import { Inspector } from "./Inspector";
import { NumberInput } from "./NumberInput";
import { SearchBox } from "./SearchBox";
import { TextInput } from "./TextInput";
import { TooltipProvider } from "./Tooltip";

const show = (element: React.ReactNode) => render(<TooltipProvider>{element}</TooltipProvider>);

describe("a button", () => {
  it("tells why it cannot be pressed, and cannot be pressed", async () => {
    const pressed = vi.fn();
    show(
      <Button disabledReason="Nothing is selected." onClick={pressed}>
        Delete
      </Button>,
    );
    await userEvent.tab();
    expect((await screen.findByRole("tooltip")).textContent).toBe("Nothing is selected.");
    await userEvent.keyboard("{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect(pressed).not.toHaveBeenCalled();
  });

  it("takes no second click while it is busy", async () => {
    const pressed = vi.fn();
    show(
      <Button busy onClick={pressed}>
        Save
      </Button>,
    );
    await userEvent.click(screen.getByRole("button", { name: "Save" }));
    expect(pressed).not.toHaveBeenCalled();
  });
});

describe("a field", () => {
  it("ties label, hint and error to its control", () => {
    show(
      <Field label="Name" hint="Any." error="Taken.">
        {(control) => <TextInput {...control} />}
      </Field>,
    );
    const input = screen.getByRole("textbox", { name: "Name" });
    expect(input.getAttribute("aria-invalid")).toBe("true");
    const texts = (input.getAttribute("aria-describedby") ?? "").split(" ").map((id) => document.getElementById(id)?.textContent);
    expect(texts).toEqual(["Any.", "Taken."]);
  });
});

describe("a number", () => {
  it("is told when it is left, and falls back when it does not fit", async () => {
    const changed = vi.fn();
    show(<NumberInput aria-label="Port" value={2048} onChange={changed} min={1} max={65535} />);
    const input = screen.getByRole("textbox", { name: "Port" });
    await userEvent.clear(input);
    await userEvent.type(input, "99999{Enter}");
    expect(changed).not.toHaveBeenCalled();
    expect((input as HTMLInputElement).value).toBe("2048");
    await userEvent.clear(input);
    await userEvent.type(input, "3000");
    expect(changed).not.toHaveBeenCalled();
    await userEvent.tab();
    expect(changed).toHaveBeenCalledExactlyOnceWith(3000);
  });

  it("is said once by whoever presses Enter and leaves before the answer", async () => {
    const changed = vi.fn();
    show(<NumberInput aria-label="Weight" value={1} onChange={changed} />);
    await userEvent.type(screen.getByRole("textbox"), "{ArrowUp}{ArrowUp}{Enter}");
    await userEvent.tab();
    expect(changed).toHaveBeenCalledExactlyOnceWith(3);
  });

  it("may be none", async () => {
    const changed = vi.fn();
    show(<NumberInput aria-label="Limit" value={5} onChange={changed} />);
    await userEvent.clear(screen.getByRole("textbox"));
    await userEvent.tab();
    expect(changed).toHaveBeenCalledExactlyOnceWith(null);
  });
});

describe("a text with suggestions", () => {
  const suggestions = ["gemini-2.5-pro", "gemini-2.5-flash", "postern/echo"].map((value) => ({ value }));
  function Models({ first = "" }: { first?: string }) {
    const [value, setValue] = useState(first);
    return <Combobox aria-label="Model" value={value} onChange={setValue} suggestions={suggestions} />;
  }
  const value = () => screen.getByRole<HTMLInputElement>("combobox").value;

  it("offers what fits and takes it with the keyboard", async () => {
    show(<Models />);
    await userEvent.type(screen.getByRole("combobox"), "flash");
    expect(screen.getAllByRole("option").map((option) => option.textContent)).toEqual(["gemini-2.5-flash"]);
    await userEvent.keyboard("{ArrowDown}{Enter}");
    expect(value()).toBe("gemini-2.5-flash");
    expect(screen.queryByRole("option")).toBeNull();
  });

  it("offers everything to whoever only opens it, and takes any text", async () => {
    show(<Models first="my-own" />);
    await userEvent.click(screen.getByRole("combobox"));
    expect(screen.getAllByRole("option")).toHaveLength(3);
    await userEvent.keyboard("{Escape}");
    expect(screen.queryByRole("option")).toBeNull();
    expect(value()).toBe("my-own");
  });

  it("leaves Enter to an input method that composes", async () => {
    show(<Models />);
    const input = screen.getByRole("combobox");
    await userEvent.type(input, "gemini{ArrowDown}");
    fireEvent.keyDown(input, { key: "Enter", isComposing: true });
    expect(value()).toBe("gemini");
    fireEvent.keyDown(input, { key: "Enter" });
    expect(value()).toBe("gemini-2.5-pro");
  });
});

describe("a removal", () => {
  it("waits for the name, does it once and closes", async () => {
    const confirmed = vi.fn().mockResolvedValue(undefined);
    const change = vi.fn();
    show(<ConfirmDialog open onOpenChange={change} title="Delete?" text="Gone." action="Delete key" typed="work" onConfirm={confirmed} />);
    const button = screen.getByRole("button", { name: "Delete key" });
    await userEvent.click(button);
    expect(confirmed).not.toHaveBeenCalled();
    await userEvent.type(screen.getByRole("textbox"), "work");
    await userEvent.click(button);
    expect(confirmed).toHaveBeenCalledOnce();
    expect(change).toHaveBeenCalledWith(false);
  });

  it("stays open and says why when it is refused", async () => {
    const change = vi.fn();
    const refuse = () => Promise.reject(new Error("It is in use."));
    show(<ConfirmDialog open onOpenChange={change} title="Delete?" text="Gone." action="Delete" onConfirm={refuse} />);
    await userEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect((await screen.findByRole("alert")).textContent).toContain("It is in use.");
    expect(change).not.toHaveBeenCalled();
  });
});

describe("Esc", () => {
  function Page({ onClose }: { onClose: () => void }) {
    const [search, setSearch] = useState("");
    const [open, setOpen] = useState(false);
    return (
      <>
        <SearchBox label="Search keys" value={search} onChange={setSearch} />
        <button type="button" onClick={() => setOpen(true)}>
          Details
        </button>
        {open && (
          <Inspector
            title="work"
            onClose={() => {
              onClose();
              setOpen(false);
            }}
          >
            <button type="button">Inside</button>
          </Inspector>
        )}
      </>
    );
  }

  it("clears the search, then closes the details and gives the focus back", async () => {
    const closed = vi.fn();
    show(<Page onClose={closed} />);
    const opener = screen.getByRole("button", { name: "Details" });
    await userEvent.click(opener);
    await userEvent.click(screen.getByRole("searchbox", { name: "Search keys" }));
    await userEvent.keyboard("abc{Escape}");
    expect(screen.getByRole<HTMLInputElement>("searchbox").value).toBe("");
    expect(closed).not.toHaveBeenCalled();
    await userEvent.click(opener);
    await userEvent.click(screen.getByRole("button", { name: "Inside" }));
    await userEvent.keyboard("{Escape}");
    expect(closed).toHaveBeenCalledOnce();
    expect(document.activeElement).toBe(opener);
  });

  it("belongs to the search box after a slash brought the focus there", async () => {
    show(<Page onClose={vi.fn()} />);
    await userEvent.keyboard("/");
    expect(document.activeElement).toBe(screen.getByRole("searchbox"));
    await userEvent.keyboard("/");
    expect(screen.getByRole<HTMLInputElement>("searchbox").value).toBe("/");
  });
});

describe("copying", () => {
  it("says what was copied", async () => {
    const user = userEvent.setup();
    show(<CopyButton text="http://x/v1" what="base URL" />);
    await user.click(screen.getByRole("button", { name: "Copy: base URL" }));
    expect((await screen.findByRole("status")).textContent).toBe("Copied: base URL");
    expect(await navigator.clipboard.readText()).toBe("http://x/v1");
  });

  it("says when that failed", async () => {
    const user = userEvent.setup();
    vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("denied"));
    show(<CopyButton text="x" what="key" />);
    await user.click(screen.getByRole("button"));
    expect((await screen.findByRole("status")).textContent).toBe("Could not copy: key");
    vi.restoreAllMocks();
  });
});
