import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback, useState } from "react";

import type { PageSearch } from "../../app/search";
import type { Wish } from "./enrol/Enrolling";

/** The wish that an address tells of. */
export function wishOf({ add, again, enrolment }: PageSearch["accounts"]): Wish | null {
  if (enrolment) return { what: "watch", ids: enrolment.split(",") };
  if (again) return { what: "sign-in", account: again };
  if (add === "sign-in" || add === "import" || add === "no-screen") return { what: add };
  return null;
}

/** What of a wish stands in the address. */
export function addressOf(wish: Wish | null): PageSearch["accounts"] {
  if (!wish) return {};
  if (wish.what === "watch") return { enrolment: wish.ids.join(",") };
  if (wish.what === "sign-in" && wish.account) return { again: wish.account };
  return { add: wish.what };
}

/** What the user wants to do about accounts that are to come. All of it but chosen files stands in the address. */
export function useWish() {
  const search = useSearch({ from: "/accounts" });
  const navigate = useNavigate();
  const [files, setFiles] = useState<File[]>([]);
  const setWish = useCallback(
    (wish: Wish | null) => {
      setFiles(wish?.what === "import" ? (wish.files ?? []) : []);
      const keep = ({ add: _a, again: _b, enrolment: _c, ...rest }: PageSearch["accounts"]) => ({ ...rest, ...addressOf(wish) });
      void navigate({ to: "/accounts", search: keep, replace: wish === null });
    },
    [navigate],
  );
  const wish = wishOf(search);
  return { wish: wish?.what === "import" ? { ...wish, files } : wish, setWish };
}
