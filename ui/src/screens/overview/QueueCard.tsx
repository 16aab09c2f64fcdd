import { Hourglass, LoaderCircle, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { answer, client } from "../../api/client";
import type { QueueEntry } from "../../api/types";
import { formatDuration } from "../../lib/format";
import { useNow } from "../../lib/hooks";
import { Badge } from "../../parts/Badge";
import { Card } from "../../parts/Card";
import { IconButton } from "../../parts/IconButton";
import { notify } from "../../parts/toast";

/** Who is answered and who waits, and for how long already. */
export function QueueCard({ queue }: { queue: readonly QueueEntry[] }) {
  const { t } = useTranslation();
  const waiting = queue.filter((entry) => entry.position != null).length;
  const counts = t("overview.queue.counts", { running: queue.length - waiting, waiting });
  return (
    <Card
      flush
      title={t("overview.queue.title")}
      actions={queue.length > 0 && <span className="tabular text-sm text-muted">{counts}</span>}
    >
      {queue.length === 0 ? (
        <p className="px-pad pb-3 text-muted">{t("overview.queue.none")}</p>
      ) : (
        <ul className="max-h-80 overflow-auto">
          {queue.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Entry({ entry }: { entry: QueueEntry }) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const [leaving, setLeaving] = useState(false);
  const cancel = async () => {
    setLeaving(true);
    try {
      await answer(client.POST("/api/requests/{id}/cancel", { params: { path: { id: entry.id } } }));
    } catch (error) {
      setLeaving(false);
      notify.problem(t("overview.queue.cancelFailed"), error);
    }
  };
  const waits = entry.position != null;
  return (
    <li className="flex min-h-row items-center gap-3 px-pad">
      <span className="min-w-0 flex-1 truncate">
        {entry.model}
        {entry.key && <span className="ml-2 text-sm text-muted">{entry.key}</span>}
      </span>
      <span className="tabular text-sm text-muted">{formatDuration(Math.max(0, now - entry.since_ms))}</span>
      <Badge tone={waits ? "neutral" : "info"} icon={waits ? Hourglass : LoaderCircle} className="tabular">
        {waits ? t("overview.queue.place", { place: entry.position }) : t("overview.queue.running")}
      </Badge>
      <IconButton icon={X} label={t("overview.queue.cancel", { model: entry.model })} disabled={leaving} onClick={() => void cancel()} />
    </li>
  );
}
