/** One thing that is on or off, small enough to stand in a line with others. */
export function Toggle({ on, onChange, label }: { on: boolean; onChange: (on: boolean) => void; label: string }) {
  return (
    <label className="flex min-h-6 items-center gap-1.5 text-xs text-muted">
      <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} className="size-3.5 accent-accent" />
      {label}
    </label>
  );
}
