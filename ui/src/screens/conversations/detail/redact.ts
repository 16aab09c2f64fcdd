import { createContext } from "react";

/** Whether texts are shown as they would be exported, without secrets. */
export const RedactContext = createContext(false);
