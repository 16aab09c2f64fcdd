import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber } from "../../lib/format";

const MOST_CHARACTERS = 600;
const MOST_ITEMS = 200;

/** A JSON value that folds. What is folded is not drawn, so that a large body costs nothing until it is looked into. */
export function JsonView({ value, name, open }: { value: unknown; name?: string; open?: boolean }) {
  if (typeof value === "object" && value !== null) return <Branch value={value} name={name} open={open ?? false} />;
  return (
    <div className="break-words whitespace-pre-wrap">
      <Name name={name} />
      {typeof value === "string" ? <Text text={value} /> : <span className="text-info">{String(value)}</span>}
    </div>
  );
}

const Name = ({ name }: { name: string | undefined }) =>
  name === undefined ? null : <span className="text-muted">{`${name}: `}</span>;

function Branch({ value, name, open }: { value: object; name: string | undefined; open: boolean }) {
  const { t } = useTranslation();
  const [unfolded, setUnfolded] = useState(open);
  const [shown, setShown] = useState(MOST_ITEMS);
  const entries = Object.entries(value);
  const count = t("requests.body.items", { count: entries.length });
  return (
    <details open={unfolded} onToggle={(event) => setUnfolded(event.currentTarget.open)}>
      <summary className="min-h-6 rounded outline-offset-[-2px] hover:bg-hover">
        <Name name={name} />
        <span>{Array.isArray(value) ? "[ ]" : "{ }"}</span>
        <span className="ml-1.5 font-sans text-xs text-muted">{[count, hint(value)].filter(Boolean).join(" · ")}</span>
      </summary>
      {unfolded && (
        <div className="border-l border-line pl-3">
          {entries.slice(0, shown).map(([key, item]) => (
            <JsonView key={key} name={key} value={item} open={entries.length <= 4} />
          ))}
          {entries.length > shown && (
            <button type="button" className="min-h-6 font-sans text-accent hover:underline" onClick={() => setShown(shown + MOST_ITEMS)}>
              {t("requests.body.moreItems", { left: formatNumber(entries.length - shown) })}
            </button>
          )}
        </div>
      )}
    </details>
  );
}

/** What an object is about, where it says so. */
function hint(value: object): string {
  const { role, type } = value as { role?: unknown; type?: unknown };
  return [role, type].find((one) => typeof one === "string") as string | undefined ?? "";
}

function Text({ text }: { text: string }) {
  const { t } = useTranslation();
  const [whole, setWhole] = useState(false);
  const long = text.length > MOST_CHARACTERS;
  return (
    <>
      <span>{long && !whole ? `${text.slice(0, MOST_CHARACTERS)}…` : text}</span>
      {long && !whole && (
        <button type="button" className="ml-1.5 min-h-6 font-sans text-accent hover:underline" onClick={() => setWhole(true)}>
          {t("requests.body.moreText", { left: formatNumber(text.length - MOST_CHARACTERS) })}
        </button>
      )}
    </>
  );
}
