import { Switch as Radix } from "radix-ui";

import { cn } from "../lib/cn";

interface Props {
  checked: boolean;
  onChange: (checked: boolean) => void;
  /** Its name, where no visible label is tied to it. */
  label?: string;
  id?: string;
  disabled?: boolean;
  "aria-describedby"?: string;
}

/** On or off, at once. */
export function Switch({ checked, onChange, label, ...rest }: Props) {
  return (
    <Radix.Root
      {...rest}
      {...(label && { "aria-label": label })}
      checked={checked}
      onCheckedChange={onChange}
      className={cn(
        "group relative inline-flex h-6 w-10 shrink-0 items-center rounded-full border transition-colors duration-150 disabled:opacity-50",
        checked ? "border-accent bg-accent" : "border-edge bg-sunken",
      )}
    >
      <Radix.Thumb
        className={cn(
          "block size-4 rounded-full transition-transform duration-150 forced-colors:bg-[CanvasText]",
          checked ? "translate-x-5 bg-on-accent" : "translate-x-0.75 bg-muted",
        )}
      />
    </Radix.Root>
  );
}
