import { createContext, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Live, LiveView } from "./live";

export const LiveContext = createContext<Live | null>(null);

export function useLiveSource(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("outside of LiveContext");
  return live;
}

export function useLive(): LiveView {
  const live = useLiveSource();
  return useSyncExternalStore(live.subscribe, live.snapshot);
}

/** The time, moving at this pace. */
export function useNow(every = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
