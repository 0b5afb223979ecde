import { useCallback, useEffect, useState } from "react";
import { call, Problem } from "../../api/client";
import type { DeskCall, Paged } from "../../api/desk";
import { useLiveSource } from "../../live/use-live";

export interface Resource<T> {
  state: "loading" | "on" | "off" | "failed";
  items: T[] | null;
  problem: Problem | null;
  reload: () => void;
}

const REFRESH = 2_000;

/** A list of the server, read again after something was heard. `off` where the server does not have it. */
export function useResource<T>(name: DeskCall): Resource<T> {
  const live = useLiveSource();
  const [resource, setResource] = useState<Omit<Resource<T>, "reload">>({ state: "loading", items: null, problem: null });
  const load = useCallback(async () => {
    try {
      const { value } = await call<Paged<T>>(name, { query: { limit: "200" } });
      setResource({ state: "on", items: value.data, problem: null });
    } catch (error) {
      const problem = error instanceof Problem ? error : new Problem("internal", 0, String(error));
      setResource((known) => ({ ...known, state: problem.status === 404 ? "off" : "failed", problem }));
    }
  }, [name]);
  useEffect(() => void load(), [load]);
  useEffect(() => {
    if (resource.state !== "on") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = live.onUpdate(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void load();
      }, REFRESH);
    });
    return () => {
      forget();
      clearTimeout(timer);
    };
  }, [live, load, resource.state]);
  return { ...resource, reload: () => void load() };
}
