import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import { describe, expect, it, vi } from "vitest";

import { type Column, DataTable } from "./DataTable";

interface Thing {
  id: string;
  size: number | null;
}

const things: Thing[] = [
  { id: "b", size: 20 },
  { id: "a", size: null },
  { id: "c", size: 3 },
];
const columns: Column<Thing>[] = [
  { id: "id", header: "Name", cell: ({ id }) => id, sort: ({ id }) => id },
  { id: "size", header: "Size", cell: ({ size }) => size ?? "–", sort: ({ size }) => size },
  { id: "more", header: "", cell: ({ id }) => <button type="button">{`Remove ${id}`}</button> },
];
const rowId = ({ id }: Thing) => id;
const order = () => screen.getAllByRole("row").slice(1).map((row) => row.dataset.row);
const focused = () => (document.activeElement as HTMLElement).dataset.row;

describe("a table", () => {
  it("sorts by a column and leaves what has no value for last", async () => {
    render(<DataTable label="Things" rows={things} columns={columns} rowId={rowId} />);
    expect(order()).toEqual(["b", "a", "c"]);
    await userEvent.click(screen.getByRole("button", { name: "Name" }));
    expect(order()).toEqual(["a", "b", "c"]);
    expect(screen.getByRole("columnheader", { name: "Name" }).getAttribute("aria-sort")).toBe("ascending");
    const size = screen.getByRole("button", { name: "Size" });
    await userEvent.click(size);
    expect(order().at(-1)).toBe("a");
    await userEvent.click(size);
    expect(order().at(-1)).toBe("a");
  });

  it("is one stop of the Tab key; arrows, J and K go on from there", async () => {
    render(<DataTable label="Things" rows={things} columns={columns.slice(0, 1)} rowId={rowId} />);
    await userEvent.tab();
    await userEvent.tab();
    expect(focused()).toBe("b");
    await userEvent.keyboard("j{ArrowDown}{ArrowDown}");
    expect(focused()).toBe("c");
    await userEvent.keyboard("k");
    expect(focused()).toBe("a");
    await userEvent.keyboard("{Home}");
    expect(focused()).toBe("b");
  });

  it("opens details with Enter and a click, and lets them follow the focus", async () => {
    const opened = vi.fn();
    function Page() {
      const [open, setOpen] = useState<string | null>(null);
      const onOpen = ({ id }: Thing) => {
        opened(id);
        setOpen(id);
      };
      return <DataTable label="Things" rows={things} columns={columns} rowId={rowId} onOpen={onOpen} openId={open} />;
    }
    render(<Page />);
    screen.getAllByRole("row")[1]?.focus();
    await userEvent.keyboard("j");
    expect(opened).not.toHaveBeenCalled();
    await userEvent.keyboard("{Enter}");
    await userEvent.keyboard("j");
    expect(opened.mock.calls.flat()).toEqual(["a", "c"]);
    await userEvent.click(screen.getByText("b"));
    expect(opened).toHaveBeenLastCalledWith("b");
  });

  it("leaves clicks and Enter to the buttons within a row", async () => {
    const opened = vi.fn();
    render(<DataTable label="Things" rows={things} columns={columns} rowId={rowId} onOpen={opened} />);
    await userEvent.click(screen.getByRole("button", { name: "Remove a" }));
    await userEvent.keyboard("{Enter}");
    expect(opened).not.toHaveBeenCalled();
  });

  it("chooses rows with Space, and all of them at once", async () => {
    function Page() {
      const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
      return <DataTable label="Things" rows={things} columns={columns} rowId={rowId} selection={{ ids, onChange: setIds }} />;
    }
    render(<Page />);
    const rows = () => screen.getAllByRole("row").slice(1).map((row) => row.getAttribute("aria-selected"));
    screen.getAllByRole("row")[2]?.focus();
    await userEvent.keyboard(" ");
    expect(rows()).toEqual(["false", "true", "false"]);
    const all = screen.getByRole("checkbox", { name: "Select all rows" });
    expect((all as HTMLInputElement).indeterminate).toBe(true);
    await userEvent.click(all);
    expect(rows()).toEqual(["true", "true", "true"]);
  });

  it("asks for a removal with Delete", async () => {
    const removed = vi.fn();
    render(<DataTable label="Things" rows={things} columns={columns} rowId={rowId} onDelete={removed} />);
    screen.getAllByRole("row")[3]?.focus();
    await userEvent.keyboard("{Delete}");
    expect(removed).toHaveBeenCalledWith(things[2]);
  });

  it("draws only what is in sight of a long list", () => {
    const many = Array.from({ length: 5000 }, (_, index) => ({ id: `thing ${index}`, size: index }));
    vi.spyOn(HTMLElement.prototype, "offsetHeight", "get").mockReturnValue(400);
    render(<DataTable label="Things" rows={many} columns={columns} rowId={rowId} />);
    const grid = screen.getByRole("grid");
    expect(grid.getAttribute("aria-rowcount")).toBe("5001");
    expect(within(grid).getAllByRole("row").length).toBeLessThan(60);
    vi.restoreAllMocks();
  });
});
