import { CopyButton } from "./CopyButton";

/** A text to be copied, with what it is for above it. */
export function CodeLine({ label, code }: { label: string; code: string }) {
  return (
    <div>
      <p className="mb-1 text-sm text-muted">{label}</p>
      <div className="flex items-start justify-between gap-3 rounded-lg border border-line bg-ground px-3 py-2">
        <code className="min-w-0 py-0.5 font-mono text-sm break-all whitespace-pre-wrap select-text">{code}</code>
        <CopyButton text={code} what={label} />
      </div>
    </div>
  );
}
