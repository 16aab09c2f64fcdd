import { useTranslation } from "react-i18next";

import { type ServerVerb, useSteerServer } from "../api/queries";
import { notify } from "../parts/toast";

/** Starts, stops or restarts the server, and tells when that is refused. */
export function useSteer(): (verb: ServerVerb) => Promise<void> {
  const { t } = useTranslation();
  const steer = useSteerServer();
  return async (verb) => {
    try {
      await steer(verb);
    } catch (error) {
      notify.problem(t(`app.server.steerFailed.${verb}`), error);
    }
  };
}
