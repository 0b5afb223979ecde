import { useEffect, useState, type ReactNode } from "react";
import type { Problem } from "../api/client";
import { useLiveSource } from "../live/use-live";
import { t } from "../text/text";

/** What is so, why, and one way on. */
export function Empty({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return <div className="empty pad"><h2>{title}</h2>{children && <p className="mid">{children}</p>}{action}</div>;
}

/** What happened, what is done about it, and what one can do oneself. */
export function Failed({ problem, onRetry }: { problem: Problem; onRetry?: () => void }) {
  const live = useLiveSource();
  return (
    <div className="empty pad" role="alert">
      <h2>{t("failed.title")}</h2>
      <p className="mid">
        {problem.status === 0 ? t("failed.unreachable") : <>{t("failed.answered", { status: problem.status })} <span className="mono">{problem.code}</span>. {problem.detail}</>}{" "}
        {t("failed.again")}
      </p>
      <button type="button" className="btn" onClick={onRetry ?? live.tryNow}>{t("action.tryNow")}</button>
    </div>
  );
}

/** Shown only when waiting takes longer than a blink. */
export function Late({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setShown(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return shown ? <>{children}</> : null;
}

export function SkeletonRows({ rows }: { rows: number }) {
  return (
    <Late>
      <div className="sk-rows" aria-hidden="true">
        {Array.from({ length: rows }, (_, i) => <div key={i}><span className={`sk w${(i % 3) + 1}`} /><span className="sk w2" /><span className="sk w3" /></div>)}
      </div>
    </Late>
  );
}
