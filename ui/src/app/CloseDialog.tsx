import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { host } from "../host";
import { Button } from "../parts/Button";
import { Checkbox } from "../parts/Checkbox";
import { Dialog } from "../parts/Dialog";
import { notify } from "../parts/toast";
import { changeSettings } from "./settings";

/** Asked once, when the window is closed for the first time: stay in the tray, or quit? */
export function CloseDialog() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [open, setOpen] = useState(false);
  const [remember, setRemember] = useState(true);
  useEffect(() => host.native?.onCloseAsked(() => setOpen(true)), []);

  const close = async (how: "tray" | "quit") => {
    try {
      if (remember) await changeSettings(queries, { "window.close": how });
      setOpen(false);
      await (how === "tray" ? host.native?.hide() : host.native?.quit());
    } catch (error) {
      notify.problem(t("app.closing.failed"), error);
    }
  };
  return (
    <Dialog
      open={open}
      onOpenChange={setOpen}
      title={t("app.closing.title")}
      text={t("app.closing.text")}
      footer={
        <>
          <Button onClick={() => void close("quit")}>{t("app.closing.quit")}</Button>
          <Button look="primary" onClick={() => void close("tray")}>
            {t("app.closing.tray")}
          </Button>
        </>
      }
    >
      <Checkbox checked={remember} onChange={setRemember}>
        {t("app.closing.remember")}
      </Checkbox>
    </Dialog>
  );
}
