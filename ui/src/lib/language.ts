import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import type texts from "../locales/en";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof texts };
  }
}

/** The languages that are spoken, each by its own name. */
export const languages = { en: "English", "zh-CN": "简体中文" } as const;

/** A language that is spoken. */
export type Language = keyof typeof languages;

const loaders = {
  en: () => import("../locales/en"),
  "zh-CN": () => import("../locales/zh-CN"),
} satisfies Record<Language, () => Promise<{ default: object }>>;

/** The language for a list of what the user prefers: the first that is spoken here, else English. */
export function pick(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith("zh")) return "zh-CN";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

/** Speaks this language from now on, texts and `lang` alike. */
export async function speak(language: Language): Promise<void> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      resources: {},
      lng: language,
      fallbackLng: false,
      interpolation: { escapeValue: false },
      returnNull: false,
    });
  }
  if (!i18next.hasResourceBundle(language, "translation")) {
    const texts = await loaders[language]();
    i18next.addResourceBundle(language, "translation", texts.default);
  }
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
