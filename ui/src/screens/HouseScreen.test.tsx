import i18next from "i18next";
import { renderToStaticMarkup } from "react-dom/server";
import { initReactI18next } from "react-i18next";
import { beforeAll, describe, expect, it } from "vitest";

import type { HouseState } from "../host/house";
import en from "../locales/en.json";
import { HouseScreen } from "./HouseScreen";

const shown = (house: HouseState) => renderToStaticMarkup(<HouseScreen house={house} />);

beforeAll(() => i18next.use(initReactI18next).init({ lng: "en", resources: { en: { translation: en } } }));

describe("the window's page", () => {
  it("shows the base URL while the server runs", () => {
    const page = shown({ state: "running", address: "127.0.0.1:2048" });
    expect(page).toContain(en.state.running);
    expect(page).toContain("http://127.0.0.1:2048/v1</code>");
  });

  it("shows an address of this computer when the server listens on all of them", () => {
    expect(shown({ state: "running", address: "0.0.0.0:2048" })).toContain("http://127.0.0.1:2048/v1</code>");
    expect(shown({ state: "running", address: "[::]:9" })).toContain("http://127.0.0.1:9/v1</code>");
  });

  it("shows why the server could not start, and no address", () => {
    const page = shown({ state: "failed", why: "port 2048 is taken" });
    expect(page).toContain("port 2048 is taken");
    expect(page).not.toContain("/v1");
  });

  it("promises nothing while the server starts", () => {
    const page = shown({ state: "starting" });
    expect(page).toContain(en.state.starting);
    expect(page).not.toContain("<code");
  });
});
