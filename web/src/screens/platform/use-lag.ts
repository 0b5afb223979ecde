import { useEffect, useState } from "react";
import type { Stats } from "../../api/generated";

/** The lag of the last readings, newest last. */
export function useLagHistory(stats: Stats | null): number[] {
  const [lags, setLags] = useState<number[]>([]);
  useEffect(() => {
    if (stats) setLags((known) => [...known.slice(-59), stats.lag?.seconds ?? 0]);
  }, [stats]);
  return lags;
}
