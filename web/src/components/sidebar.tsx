import { useLive, useLiveSource, useNow } from "../live/use-live";
import { isActive } from "../model/row";
import { BUILT_IN_VIEWS, savedViews, viewCount, viewPath } from "../model/views";
import { number } from "../text/format";
import { t, type TextKey } from "../text/text";
import { useRoute } from "../route";
import { useDeskCounts } from "../screens/desk/use-desk";
import { Icon, type IconName } from "./icon";
import { Link } from "./link";
import { actor } from "./theme";

const SCREENS: { screen: string; path: string; icon: IconName; text: TextKey; short: TextKey }[] = [
  { screen: "overview", path: "/", icon: "home", text: "nav.overview", short: "nav.overview" },
  { screen: "deliveries", path: "/deliveries", icon: "box", text: "nav.deliveries", short: "nav.deliveries" },
  { screen: "exceptions", path: "/exceptions", icon: "desk", text: "nav.exceptions", short: "nav.exceptions" },
  { screen: "notifications", path: "/notifications", icon: "bell", text: "nav.notifications", short: "nav.messages" },
  { screen: "platform", path: "/platform", icon: "plat", text: "nav.platform", short: "nav.platform" },
];

/** How many are to be acted on: open red cases. Null where the desk is not switched on. */
function useCounts(): { active: number | null; act: number | null } {
  const view = useLive();
  const { replica } = useLiveSource();
  const desk = useDeskCounts();
  if (view.phase === "loading") return { active: null, act: desk?.act ?? null };
  let active = 0;
  if (view.complete) for (const row of replica.rows.values()) active += isActive(row) ? 1 : 0;
  else active = Object.entries(view.stats?.deliveries.by_status ?? {}).reduce((sum, [status, n]) => sum + (isFinal(status) ? 0 : n), 0);
  return { active, act: desk?.act ?? null };
}

const isFinal = (status: string): boolean => ["delivered", "returned", "cancelled", "expired"].includes(status);

export function Sidebar({ onSettings }: { onSettings: () => void }) {
  const route = useRoute();
  const counts = useCounts();
  return (
    <nav className="side nav" aria-label={t("nav.main")}>
      <Link className="brand" to="/"><svg width="20" height="20" aria-hidden="true"><use href="#mark" /></svg><span className="nl">Waybill</span></Link>
      <ul>
        {SCREENS.map(({ screen, path, icon, text }) => (
          <li key={screen}>
            <Link to={path} {...(route.screen === screen && !route.query.get("view") ? { "aria-current": "page" } : {})}>
              <Icon name={icon} /><span className="nl">{t(text)}</span>
              {screen === "deliveries" && counts.active !== null && counts.active > 0 && <span className="count">{number(counts.active)}</span>}
              {screen === "exceptions" && counts.act !== null && counts.act > 0 && <span className="count hot" title={t("nav.act", { n: counts.act })}>{number(counts.act)}</span>}
            </Link>
          </li>
        ))}
      </ul>
      <Views />
      <div className="me">
        <span className={`av ${actor() ? "b" : "none"}`} aria-hidden="true">{initials(actor())}</span>
        <span className="trunc grow nl"><span className="med">{actor() || t("nav.nobody")}</span></span>
        <button type="button" className="btn quiet icon" onClick={onSettings} aria-label={t("settings.title")}><Icon name="gear" /></button>
      </div>
    </nav>
  );
}

function Views() {
  const route = useRoute();
  const view = useLive();
  const { replica } = useLiveSource();
  const now = useNow(10_000);
  if (view.phase !== "ready" || view.total === 0) return null;
  const views = [...BUILT_IN_VIEWS, ...savedViews()];
  return (
    <div>
      <h2>{t("views.title")}</h2>
      <ul>
        {views.map((one) => (
          <li key={one.id}>
            <Link to={viewPath(one)} {...(route.query.get("view") === one.id ? { "aria-current": "page" } : {})}>
              <Icon name="view" /><span className="trunc nl">{one.name ?? t(one.text as TextKey)}</span>
              {view.complete && <span className="count">{number(viewCount(one, replica.rows.values(), now))}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** On the phone. */
export function TabBar() {
  const route = useRoute();
  const { act } = useCounts();
  return (
    <nav className="tabbar" aria-label={t("nav.main")}>
      {SCREENS.map(({ screen, path, icon, short }) => (
        <Link key={screen} to={path} {...(route.screen === screen ? { "aria-current": "page" } : {})}>
          <Icon name={icon} />{t(short)}
          {screen === "exceptions" && act !== null && act > 0 && <span className="n">{number(act)}</span>}
        </Link>
      ))}
    </nav>
  );
}

export function initials(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  return ((words[0]?.[0] ?? "") + (words.length > 1 ? words.at(-1)?.[0] ?? "" : "")).toUpperCase();
}
