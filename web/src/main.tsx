import { createRoot } from "react-dom/client";
import "../build/fonts.css";
import "./styles/tokens.css";
import "./styles/components.css";
import "./styles/overview.css";
import "./styles/deliveries.css";
import "./styles/delivery.css";
import "./styles/exceptions.css";
import "./styles/notifications.css";
import "./styles/template.css";
import "./styles/platform.css";
import "./styles/states.css";
import "./styles/additions.css";
import { App } from "./app";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App />);
