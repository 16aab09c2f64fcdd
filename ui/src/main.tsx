import "./styles/app.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { takeLink } from "./app/link";
import { startAppearance } from "./lib/appearance";
import { adoptNonce } from "./lib/nonce";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

takeLink();
adoptNonce();
void startAppearance().then(() =>
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  ),
);
