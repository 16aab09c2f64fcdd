import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Combobox } from "../../../parts/Combobox";
import { readings } from "../queries";

/** Takes a tag: one that is used already, or a new one. Enter adds it. */
export function TagInput({ onAdd }: { onAdd: (tag: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const { data: facets } = useQuery(readings.facets({}));
  const known = facets?.find((facet) => facet.field === "tags")?.values ?? [];
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const tag = text.trim();
        if (tag === "") return;
        setText("");
        onAdd(tag);
      }}
    >
      <Combobox
        aria-label={t("conversations.tag.add")}
        placeholder={t("conversations.tag.hint")}
        value={text}
        onChange={setText}
        suggestions={known.map(({ value, count }) => ({ value, note: String(count) }))}
      />
    </form>
  );
}
