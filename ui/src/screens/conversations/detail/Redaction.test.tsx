import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import { openConsole } from "../../../testing/console";
import { fakeConversations } from "../fakeConversations";

describe("secrets", () => {
  test("are shown as the export that is chosen would have them", async () => {
    const fake = fakeConversations(1);
    const found = (replacement: string) => [{ kind: "home_user", turn: 0, part: 0, start: 0, end: 8, replacement }];
    const words = { placeholder: "<USER_1>", mask: "********", hash: "<USER:82c5>", drop: "" };
    const whole = fake.answers["GET /api/conversations/1"];
    const { sent } = await openConsole("/conversations?id=1", {
      ...fake.answers,
      "GET /api/conversations/1": (body, url) => ({ ...(whole?.(body, url) as object), findings: found(words.placeholder) }),
      "POST /api/conversations/1/redaction": (body) => {
        const { action } = (body as { profile: { action: keyof typeof words } }).profile;
        return { conversation: null, findings: found(words[action]) };
      },
    });
    await screen.findByRole("region", { name: "Question 1" });
    const marked = () => document.querySelector("#conversation mark")?.textContent;
    expect(marked()).toBe("Question");
    await userEvent.click(screen.getByRole("checkbox", { name: "Redacted (1)" }));
    await waitFor(() => expect(marked()).toBe("<USER_1>"));
    const way = screen.getByRole("combobox", { name: "Secrets and personal data" });
    await userEvent.selectOptions(way, "mask");
    await waitFor(() => expect(marked()).toBe("********"));
    await userEvent.selectOptions(way, "drop");
    expect(await screen.findByText("This conversation would be left out.")).toBeTruthy();
    await waitFor(() => expect(marked()).toBe("Question"));
    expect(sent("POST /api/conversations/1/redaction")).toEqual(["placeholder", "mask", "drop"].map((action) => ({ profile: { action } })));
  });
});
