import { Download, Redo2, RotateCw, Undo2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../parts/Button";
import { IconButton } from "../../parts/IconButton";
import { Switch } from "../../parts/Switch";
import type { Review } from "./useReview";

interface Props {
  review: Review;
  advance: boolean;
  onAdvance: (on: boolean) => void;
  onRefresh: () => void;
  onExport: () => void;
}

/** What is done with the whole page. */
export function Actions({ review, advance, onAdvance, onRefresh, onExport }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <label className="mr-1 flex items-center gap-2 text-sm" title={t("conversations.action.advanceText")}>
        <span className="text-muted">{t("conversations.action.advance")}</span>
        <Switch checked={advance} onChange={onAdvance} label={t("conversations.action.advance")} />
      </label>
      <IconButton icon={Undo2} label={t("conversations.action.undo")} shortcut="z" onClick={() => void review.undo()} />
      <IconButton icon={Redo2} label={t("conversations.action.redo")} shortcut="shift+z" onClick={() => void review.redo()} />
      <IconButton icon={RotateCw} label={t("conversations.action.refresh")} onClick={onRefresh} />
      <Button look="primary" onClick={onExport}>
        <Download aria-hidden />
        {t("conversations.action.exportAll")}
      </Button>
    </>
  );
}
