import { Check, EllipsisVertical, Eye, EyeOff, FlaskConical, ListX, Pencil, Scissors, ThumbsUp } from "lucide-react";
import { useTranslation } from "react-i18next";

import { CopyButton } from "../../../parts/CopyButton";
import { IconButton } from "../../../parts/IconButton";
import { Menu } from "../../../parts/Menu";
import type { Turn } from "../types";
import { isTrained, plainText } from "./edit";

interface Props {
  turn: Turn;
  /** Whether it is the last one, behind which nothing can be cut. */
  last: boolean;
  onEdit: () => void;
  onCut: () => void;
  onDrop: () => void;
  onMask: () => void;
  onReplay: () => void;
  /** Writes a better answer beside this one; for answers. */
  onBetter: (() => void) | undefined;
  /** Takes the edited answer as better than what was said; for answers that were edited. */
  onPreferEdit: (() => void) | undefined;
}

/** What can be done with a turn. */
export function TurnActions({ turn, last, onEdit, onCut, onDrop, onMask, onReplay, onBetter, onPreferEdit }: Props) {
  const { t } = useTranslation();
  const trained = isTrained(turn);
  return (
    <>
      <CopyButton text={plainText(turn)} what={t("conversations.turn.text")} className="border-none" />
      <IconButton icon={Pencil} label={t("conversations.turn.edit")} shortcut="e" onClick={onEdit} />
      <Menu
        trigger={<IconButton icon={EllipsisVertical} label={t("conversations.turn.more")} />}
        items={[
          { label: t(trained ? "conversations.turn.mask" : "conversations.turn.train"), icon: trained ? EyeOff : Eye, onSelect: onMask },
          ...(onPreferEdit ? [{ label: t("conversations.turn.preferEdit"), icon: ThumbsUp, onSelect: onPreferEdit }] : []),
          ...(onBetter ? [{ label: t("conversations.turn.better"), icon: Check, onSelect: onBetter }] : []),
          { label: t("conversations.turn.replay"), icon: FlaskConical, onSelect: onReplay },
          "line",
          { label: t("conversations.turn.cut"), icon: Scissors, onSelect: onCut, disabled: last },
          { label: t("conversations.turn.drop"), icon: ListX, onSelect: onDrop, danger: true },
        ]}
      />
    </>
  );
}
