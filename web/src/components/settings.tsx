import { useState } from "react";
import { setLanguage, language, t, type Language } from "../text/text";
import { Dialog } from "./dialog";
import { keysAreOn } from "./keys";
import { actor, setActor, setTheme, theme, type Theme } from "./theme";

/** What this browser keeps: name, language, theme, keys. */
export function Settings({ onClose, onChange }: { onClose: () => void; onChange: () => void }) {
  const [name, setName] = useState(actor());
  const [keys, setKeys] = useState(keysAreOn());
  const [chosen, setChosen] = useState<Theme>(theme());
  const save = (): void => {
    setActor(name.trim());
    localStorage.setItem("waybill.keys", keys ? "on" : "off");
    onChange();
    onClose();
  };
  return (
    <Dialog title={t("settings.title")} onClose={onClose}
      footer={<><button type="button" className="btn" onClick={onClose}>{t("action.cancel")}</button><button type="button" className="btn primary" onClick={save}>{t("action.save")}</button></>}>
      <div className="fields">
        <div>
          <label className="f" htmlFor="set-name">{t("settings.name")}</label>
          <input id="set-name" className="input" value={name} maxLength={80} onChange={(e) => setName(e.target.value)} />
          <p className="small dim">{t("settings.name.why")}</p>
        </div>
        <div>
          <label className="f" htmlFor="set-language">{t("settings.language")}</label>
          <select id="set-language" className="select" value={language()} onChange={(e) => (setLanguage(e.target.value as Language), onChange())}>
            <option value="en" lang="en">English</option>
            <option value="de" lang="de">Deutsch</option>
          </select>
        </div>
        <div>
          <label className="f" htmlFor="set-theme">{t("settings.theme")}</label>
          <select id="set-theme" className="select" value={chosen} onChange={(e) => (setChosen(e.target.value as Theme), setTheme(e.target.value as Theme))}>
            <option value="system">{t("settings.theme.system")}</option>
            <option value="light">{t("settings.theme.light")}</option>
            <option value="dark">{t("settings.theme.dark")}</option>
          </select>
        </div>
        <label className="tick"><input type="checkbox" className="check" checked={keys} onChange={(e) => setKeys(e.target.checked)} /> {t("settings.keys")}</label>
      </div>
    </Dialog>
  );
}
