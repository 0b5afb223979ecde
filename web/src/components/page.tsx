import { useEffect, useState, type FormEvent, type ReactNode } from "react";
import { useLive, useLiveSource, useNow } from "../live/use-live";
import type { LiveView } from "../live/live";
import { navigate, useRoute } from "../route";
import { clockSeconds, duration, number } from "../text/format";
import { t } from "../text/text";
import { Icon } from "./icon";

const BEHIND_LIMIT = 5;
const CUT_GRACE = 3_000;

interface PageProps {
  /** The screen's class. */
  name: string;
  title: string;
  /** Instead of the title: where one is, and the way back. */
  crumb?: ReactNode;
  meta?: ReactNode;
  tabs?: ReactNode;
  /** A banner of this screen; one about the connection wins over it. */
  banner?: ReactNode;
  mainClass?: string;
  children: ReactNode;
}

/** Top bar, at most one banner, and the content of a screen. */
export function Page({ name, title, crumb, meta, tabs, banner, mainClass = "main", children }: PageProps) {
  const view = useLive();
  const now = useNow();
  useEffect(() => {
    document.title = `${title} · Waybill`;
  }, [title]);
  const cut = view.link.kind === "cut" && now - view.link.since >= CUT_GRACE;
  return (
    <div className={`p-${name} ${cut ? "stale" : ""}`}>
      <header className="top">
        <svg className="mark only-s" width="20" height="20" aria-hidden="true"><use href="#mark" /></svg>
        {crumb ?? <h1>{title}</h1>}
        {meta && <span className="dim small hide-s">{meta}</span>}
        {tabs}
        <Find />
        <LiveMark view={view} now={now} />
      </header>
      <ConnectionBanner view={view} now={now} otherwise={banner} />
      <main className={mainClass} id="main" tabIndex={-1}>{children}</main>
    </div>
  );
}

function Find() {
  const route = useRoute();
  const [text, setText] = useState(route.query.get("q") ?? "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const wanted = text.trim();
    navigate(wanted ? `/deliveries?q=${encodeURIComponent(wanted)}` : "/deliveries");
  };
  return (
    <form className="find" role="search" onSubmit={submit}>
      <Icon name="search" small />
      <input type="search" aria-label={t("find.label")} placeholder={t("find.label")} value={text} onChange={(event) => setText(event.target.value)} />
      <kbd aria-hidden="true">/</kbd>
    </form>
  );
}

/** How old what is shown is. */
function LiveMark({ view, now }: { view: LiveView; now: number }) {
  const lag = view.stats?.lag?.seconds ?? 0;
  if (view.link.kind === "cut") {
    return <span className="live cut"><span className="dot" />{t("live.cut", { age: duration(now - view.link.since) })}</span>;
  }
  if (view.phase === "loading" || view.link.kind === "connecting") {
    return <span className="live wait"><span className="dot" />{t("live.connecting")}</span>;
  }
  const text = view.total === 0 ? t("live.empty") : t("live.live", { age: `${number(Math.min(lag, 999), 1)} s` });
  return (
    <span className={`live ${lag > BEHIND_LIMIT ? "warn" : ""}`} title={t("live.title", { n: number(view.version) })}>
      <span className="dot" />{lag > BEHIND_LIMIT ? t("live.behind", { age: duration(lag * 1000) }) : text}
    </span>
  );
}

function ConnectionBanner({ view, now, otherwise }: { view: LiveView; now: number; otherwise: ReactNode }) {
  const live = useLiveSource();
  if (view.link.kind === "cut" && now - view.link.since >= CUT_GRACE) {
    return (
      <div className="banner cut" role="alert">
        <Icon name="warn" />
        <span><b className="strong">{t("banner.cut", { age: duration(now - view.link.since) })}</b> {t("banner.cut.since", { at: clockSeconds(view.link.since) })}</span>
        <span className="b-act"><button type="button" className="linkish" onClick={live.tryNow}>{t("action.tryNow")}</button></span>
      </div>
    );
  }
  if (view.link.kind === "back") {
    const seconds = `${number(view.link.milliseconds / 1000, 1)} s`;
    return (
      <div className="banner ok" role="status"><Icon name="check" />
        <span><b className="strong">{t("banner.back")}</b> {t("banner.back.updates", { n: number(view.link.updates), seconds })}</span>
      </div>
    );
  }
  const lag = view.stats?.lag?.seconds ?? 0;
  if (lag > BEHIND_LIMIT) {
    return (
      <div className="banner warn" role="status"><Icon name="warn" />
        <span><b className="strong">{t("banner.behind", { age: duration(lag * 1000) })}</b> {t("banner.behind.why", { n: number(view.stats?.lag?.records ?? 0) })}</span>
      </div>
    );
  }
  return <>{otherwise}</>;
}
