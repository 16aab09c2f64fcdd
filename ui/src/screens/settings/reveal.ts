import i18next from "i18next";

import { host } from "../../host";
import { notify } from "../../parts/toast";

const native = host.native;

/** Shows a file or folder in the system's file manager; only the window can. */
export const reveal = native
  ? async (path: string): Promise<void> => {
      try {
        await native.reveal(path);
      } catch (error) {
        notify.problem(i18next.t("settings.revealFailed"), error);
      }
    }
  : undefined;
