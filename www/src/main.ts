import { followReading } from "./article/contents";
import { copyButtons } from "./article/copy";
import { peekAtLinks } from "./article/peek";
import "./figures/lr-ablate";
import "./figures/lr-gradient";
import "./figures/lr-train";
import { takeDrops } from "./keep/drop";
import { loadFiguresInSight } from "./later";
import { keepForOffline } from "./offline";
import { themeButton } from "./style/theme";

const button = document.querySelector<HTMLButtonElement>("#theme");
if (button) themeButton(button);
const main = document.querySelector("main");
if (main) {
  peekAtLinks(main);
  copyButtons(main);
}
const contents = document.querySelector("nav");
if (contents) followReading(contents);
loadFiguresInSight();
takeDrops();
keepForOffline();
