import { X } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";

import { useMedia } from "../lib/hooks";
import { useEscape } from "../lib/shortcuts";
import { IconButton } from "./IconButton";

interface LayoutProps {
  /** The open [`Inspector`], or `null`. */
  inspector: ReactNode | null;
  /** The page beside it. */
  children: ReactNode;
}

/** The page, and the details of one thing at its right when there are any; the line between them can be moved. */
export function InspectorLayout({ inspector, children }: LayoutProps) {
  const { t } = useTranslation();
  const roomy = useMedia("(min-width: 52rem)");
  const open = Boolean(inspector);
  const layout = useDefaultLayout({
    id: "postern.inspector",
    panelIds: open ? ["page", "inspector"] : ["page"],
    storage: localStorage,
  });
  if (!roomy) return <div className="relative flex min-h-0 flex-1 flex-col">{inspector ?? children}</div>;
  return (
    <Group {...layout} id="postern.inspector" orientation="horizontal" className="min-h-0 flex-1">
      <Panel id="page" minSize="20rem" className="flex min-h-0 flex-col">
        {children}
      </Panel>
      {open && (
        <>
          <Separator
            aria-label={t("common.inspector.resize")}
            className="w-px bg-line outline-offset-1 transition-colors duration-100 data-[separator=active]:bg-accent data-[separator=hover]:bg-edge focus-visible:bg-accent"
          />
          <Panel id="inspector" defaultSize="26rem" minSize="19rem" maxSize="70%" groupResizeBehavior="preserve-pixel-size" className="flex min-h-0 flex-col">
            {inspector}
          </Panel>
        </>
      )}
    </Group>
  );
}

interface Props {
  title: ReactNode;
  onClose: () => void;
  /** What can be done with it, at the right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The details of one thing. Esc closes it and gives the focus back; Enter on the open row comes here. */
export function Inspector({ title, onClose, actions, children }: Props) {
  const { t } = useTranslation();
  const heading = useId();
  const panel = useRef<HTMLElement>(null);
  const before = useRef<Element | null>(document.activeElement);
  useEscape(onClose);
  useEffect(() => {
    const opener = before.current;
    return () => {
      const focused = document.activeElement;
      const lost = focused === document.body || panel.current?.contains(focused);
      if (lost && opener instanceof HTMLElement && opener.isConnected) opener.focus();
    };
  }, []);

  return (
    <aside
      id="inspector"
      ref={panel}
      tabIndex={-1}
      aria-labelledby={heading}
      onFocus={(event) => {
        if (!panel.current?.contains(event.relatedTarget)) before.current = event.relatedTarget ?? before.current;
      }}
      className="flex min-h-0 flex-1 flex-col bg-card outline-offset-[-2px]"
    >
      <header className="flex min-h-12 shrink-0 items-center gap-2 border-b border-line py-1.5 pr-2 pl-pad">
        <h2 id={heading} className="min-w-0 flex-1 truncate text-base font-semibold">
          {title}
        </h2>
        {actions}
        <IconButton icon={X} label={t("common.close")} shortcut="esc" onClick={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-auto p-pad">{children}</div>
    </aside>
  );
}
