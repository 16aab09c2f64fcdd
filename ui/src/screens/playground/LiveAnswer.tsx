import { Link } from "@tanstack/react-router";
import { LoaderCircle, RotateCw } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Button } from "../../parts/Button";
import { Markdown } from "../../parts/Markdown";
import { Failure } from "../requests/Failure";
import { type AnswerError, reasoningTime } from "./answer";
import type { Exchange } from "./exchange";
import { Reasoning } from "./Reasoning";
import { TurnFrame } from "./TurnFrame";

interface Props {
  exchange: Exchange;
  busy: boolean;
  onRetry: () => void;
}

/** An error without a code of its own is about the request itself. */
const codeOf = ({ code, status }: AnswerError) => code ?? (status === 400 ? "bad_request" : null);

/** The answer while it comes, or what kept it from coming. */
export function LiveAnswer({ exchange, busy, onRetry }: Props) {
  const { t } = useTranslation();
  const { answer, requestId } = exchange;
  const thought = reasoningTime(answer, answer.frames.at(-1)?.at ?? 0);
  const waiting = busy && !answer.text && !answer.reasoning;
  return (
    <TurnFrame role="assistant" busy={busy}>
      {answer.reasoning && <Reasoning text={answer.reasoning} ms={thought} thinking={busy && !answer.text} />}
      {waiting && (
        <p className="flex items-center gap-2 text-muted">
          <LoaderCircle className="size-4 animate-spin" aria-hidden />
          {t(exchange.phase === "asking" ? "playground.answer.waiting" : "playground.answer.begun")}
        </p>
      )}
      {answer.text && <Markdown text={answer.text} />}
      {!busy && answer.error && (
        <div className="mt-2 flex flex-col gap-2">
          <Failure row={{ outcome: "failed", code: codeOf(answer.error), error: answer.error.message }} />
          <div className="flex flex-wrap items-center gap-3">
            <Button size="sm" onClick={onRetry}>
              <RotateCw aria-hidden />
              {t("common.retry")}
            </Button>
            {requestId && (
              <Link to="/requests" search={{ id: requestId }} className="text-sm text-accent underline underline-offset-2">
                {t("playground.answer.request")}
              </Link>
            )}
          </div>
        </div>
      )}
    </TurnFrame>
  );
}
