import "./figures/lr-ablate";
import "./figures/lr-gradient";
import "./figures/lr-strip";
import "./figures/lr-train";
import { takeDrops } from "./keep/drop";
import { loadFiguresInSight } from "./later";
import { themeButton } from "./style/theme";

const button = document.querySelector<HTMLButtonElement>("#theme");
if (button) themeButton(button);
loadFiguresInSight();
takeDrops();
