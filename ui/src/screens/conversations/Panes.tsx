import { type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Group, Panel, Separator, useDefaultLayout } from "react-resizable-panels";

import { useMedia } from "../../lib/hooks";
import { Dialog } from "../../parts/Dialog";

interface Props {
  /** Whether a conversation is open. */
  open: boolean;
  /** Whether the facets are open where they have no place of their own. */
  drawer: boolean;
  onDrawer: (open: boolean) => void;
  facets: ReactNode;
  list: ReactNode;
  /** `back` tells that it stands in the place of the list. */
  detail: (back: boolean) => ReactNode;
}

/** Facets, list and conversation beside each other as far as there is room: three, two, or one at a time. */
export function Panes({ open, drawer, onDrawer, facets, list, detail }: Props) {
  const { t } = useTranslation();
  const three = useMedia("(min-width: 1100px)");
  const two = useMedia("(min-width: 52rem)");
  const layout = useDefaultLayout({ id: "postern.conversations", panelIds: ["list", "detail"], storage: localStorage });
  return (
    <div className="flex min-h-0 flex-1 border-t border-line">
      {three && <aside aria-label={t("conversations.facet.title")} className="flex w-52 shrink-0 flex-col border-r border-line">{facets}</aside>}
      {!three && drawer && (
        <Dialog open onOpenChange={onDrawer} title={t("conversations.facet.title")} className="top-0 right-auto bottom-0 left-0 max-h-none w-72 max-w-[90vw] translate-x-0 rounded-none [&>div]:flex [&>div]:flex-col [&>div]:p-0">
          {facets}
        </Dialog>
      )}
      {two ? (
        <Group {...layout} id="postern.conversations" orientation="horizontal" className="min-h-0 min-w-0 flex-1">
          <Panel id="list" defaultSize="36%" minSize="17rem" className="flex min-h-0 flex-col bg-card">
            {list}
          </Panel>
          <Separator
            aria-label={t("conversations.resize")}
            className="w-px bg-line outline-offset-1 transition-colors duration-100 data-[separator=active]:bg-accent data-[separator=hover]:bg-edge focus-visible:bg-accent"
          />
          <Panel id="detail" minSize="22rem" className="flex min-h-0 min-w-0 flex-col">
            {detail(false)}
          </Panel>
        </Group>
      ) : (
        <div className="flex min-h-0 min-w-0 flex-1 flex-col bg-card">{open ? detail(true) : list}</div>
      )}
    </div>
  );
}
