import { SquarePen } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { notify } from "../../parts/toast";
import { Button } from "../../parts/Button";
import { Page } from "../../parts/Page";
import { Tabs } from "../../parts/Tabs";
import { CodeTab } from "./CodeTab";
import { Composer } from "./Composer";
import { Conversation } from "./Conversation";
import { RawEvents } from "./RawEvents";
import { RequestTab } from "./RequestTab";
import { SetupBar } from "./SetupBar";
import { useBench } from "./theBench";
import { Timing } from "./Timing";
import { useArrival } from "./useArrival";
import { useModels } from "./useModels";

type View = "conversation" | "events" | "request" | "timing" | "code";

/** A conversation with a model, with everything that goes over the wire beside it. */
export function PlaygroundScreen() {
  const { t } = useTranslation();
  const { bench, state } = useBench();
  const models = useModels(state.draft.model);
  const [view, setView] = useState<View>("conversation");
  useArrival();

  const anew = () => {
    const before = state.draft;
    bench.clear();
    setView("conversation");
    notify.undo(t("playground.cleared"), t("common.undo"), () => bench.open(before), "playground");
  };
  const tabs = [
    { value: "conversation", label: t("playground.tab.conversation"), content: <Conversation onShow={setView} /> },
    { value: "events", label: t("playground.tab.events"), content: <RawEvents exchange={state.exchange} /> },
    { value: "request", label: t("playground.tab.request"), content: <RequestTab /> },
    { value: "timing", label: t("playground.tab.timing"), content: <Timing exchange={state.exchange} /> },
    { value: "code", label: t("playground.tab.code"), content: <CodeTab /> },
  ] as const;
  return (
    <Page
      title={t("playground.title")}
      fill
      actions={
        <Button onClick={anew} disabledReason={state.draft.turns.length === 0 ? t("playground.reason.empty") : null}>
          <SquarePen aria-hidden />
          {t("playground.anew")}
        </Button>
      }
    >
      <SetupBar models={models} />
      <Tabs label={t("playground.tab.label")} value={view} onChange={setView} tabs={tabs} className="flex-1 px-6" />
      <Composer />
    </Page>
  );
}
