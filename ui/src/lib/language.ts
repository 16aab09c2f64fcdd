import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import en from "../locales/en.json";
import zh from "../locales/zh-CN.json";

export const languages = { en: "English", "zh-CN": "中文" } as const;
export type Language = keyof typeof languages;

const remembered = "postern.language";

/** The language for a list of what the user prefers: the first that is spoken here, else English. */
export function pick(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    if (tag.toLowerCase().startsWith("zh")) return "zh-CN";
    if (tag.toLowerCase().startsWith("en")) return "en";
  }
  return "en";
}

export async function startLanguage(): Promise<void> {
  const chosen = localStorage.getItem(remembered);
  await i18next.use(initReactI18next).init({
    resources: { en: { translation: en }, "zh-CN": { translation: zh } },
    lng: pick(chosen ? [chosen] : navigator.languages),
    interpolation: { escapeValue: false },
  });
  document.documentElement.lang = i18next.language;
}

export async function setLanguage(language: Language): Promise<void> {
  localStorage.setItem(remembered, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}
