import { useEffect, useMemo, useState } from "react";
import { Sprite } from "./components/sprite";
import { Toasts } from "./components/toast";
import { Sidebar, TabBar } from "./components/sidebar";
import { KeyHelp } from "./components/key-help";
import { useKeys } from "./components/keys";
import { Settings } from "./components/settings";
import { toggleTheme } from "./components/theme";
import { Live } from "./live/live";
import { LiveContext } from "./live/use-live";
import { navigate, useRoute } from "./route";
import { DeliveriesScreen } from "./screens/deliveries/deliveries";
import { DeliveryScreen } from "./screens/delivery/delivery";
import { DeskScreen } from "./screens/desk/desk";
import { NotificationsScreen } from "./screens/notifications/notifications";
import { OverviewScreen } from "./screens/overview/overview";
import { PlatformScreen } from "./screens/platform/platform";
import { t } from "./text/text";

/** The frame of every screen: navigation, keys that work everywhere, and the one source of live data. */
export function App() {
  const live = useMemo(() => new Live(), []);
  const [open, setOpen] = useState<"keys" | "settings" | null>(null);
  const [, redraw] = useState(0);
  const route = useRoute();
  useEffect(() => void live.load(), [live]);
  useKeys({
    "g o": () => navigate("/"),
    "g d": () => navigate("/deliveries"),
    "g e": () => navigate("/exceptions"),
    "g n": () => navigate("/notifications"),
    "g p": () => navigate("/platform"),
    "/": () => document.querySelector<HTMLInputElement>(".find input")?.focus(),
    t: () => toggleTheme(),
    "?": () => setOpen("keys"),
    Escape: () => (document.activeElement instanceof HTMLElement ? document.activeElement.blur() : undefined),
  });
  return (
    <LiveContext.Provider value={live}>
      <Sprite />
      <a className="skip" href="#main">{t("nav.skip")}</a>
      <div className={`app ${route.screen === "exceptions" ? "rail" : ""}`}>
        <Sidebar onSettings={() => setOpen("settings")} />
        <Screen key={`${route.screen}/${route.subject ?? ""}`} />
      </div>
      <TabBar />
      <Toasts />
      {open === "keys" && <KeyHelp onClose={() => setOpen(null)} />}
      {open === "settings" && <Settings onClose={() => setOpen(null)} onChange={() => redraw((n) => n + 1)} />}
    </LiveContext.Provider>
  );
}

function Screen() {
  const { screen, subject } = useRoute();
  switch (screen) {
    case "deliveries": return subject === null ? <DeliveriesScreen /> : <DeliveryScreen id={subject} />;
    case "exceptions": return <DeskScreen subject={subject} />;
    case "notifications": return <NotificationsScreen subject={subject} />;
    case "platform": return <PlatformScreen />;
    default: return <OverviewScreen />;
  }
}
