import { t, type TextKey } from "../text/text";
import { useRoute } from "../route";
import { Dialog } from "./dialog";

const EVERYWHERE: [string[], TextKey][] = [
  [["/"], "keys.search"], [["g", "o"], "nav.overview"], [["g", "d"], "nav.deliveries"], [["g", "e"], "nav.exceptions"],
  [["g", "n"], "nav.notifications"], [["g", "p"], "nav.platform"], [["t"], "keys.theme"], [["u"], "keys.undo"], [["Esc"], "keys.escape"], [["?"], "keys.help"],
];

const SCREENS: Record<string, [string[], TextKey][]> = {
  deliveries: [[["j", "k"], "keys.move"], [["Enter"], "keys.open"], [["x"], "keys.select"], [["Shift", "x"], "keys.selectTo"], [["n"], "action.note"], [["d"], "action.reschedule"]],
  exceptions: [
    [["j", "k"], "keys.move"], [["Enter"], "keys.send"], [["a"], "desk.assign"], [["s"], "desk.snooze"], [["r"], "desk.resolve"],
    [["e"], "desk.message"], [["n"], "action.note"], [["o"], "keys.openDelivery"], [["."], "keys.more"],
  ],
  platform: [[["j", "k"], "keys.move"], [["r"], "action.retry"]],
};

/** All keys of this screen. */
export function KeyHelp({ onClose }: { onClose: () => void }) {
  const { screen } = useRoute();
  const own = SCREENS[screen] ?? [];
  return (
    <Dialog title={t("keys.title")} onClose={onClose} footer={<button type="button" className="btn" onClick={onClose}>{t("action.close")}</button>}>
      <div className="keyhelp">
        {own.length > 0 && <KeyList title={t("keys.here")} rows={own} />}
        <KeyList title={t("keys.everywhere")} rows={EVERYWHERE} />
      </div>
    </Dialog>
  );
}

function KeyList({ title, rows }: { title: string; rows: [string[], TextKey][] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl>
        {rows.map(([keys, text]) => (
          <div key={keys.join()}><dt>{keys.map((key) => <kbd key={key}>{key}</kbd>)}</dt><dd>{t(text)}</dd></div>
        ))}
      </dl>
    </section>
  );
}
