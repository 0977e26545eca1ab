import "./trusted-types";
import { followReading } from "./contents";
import { copyButtons } from "./copy";
import { peekAtLinks } from "./peek";
import "../figures/lr-ablate";
import "../figures/lr-gradient";
import "../figures/lr-hero";
import "../figures/lr-train";
import { takeDrops } from "./drop";
import { loadFiguresInSight } from "./lazy-article";
import { keepRuns } from "./kept-runs";
import { keepForOffline } from "./offline";
import { shareButton, tellRetraining } from "./share";
import { themeButton } from "../style/theme";
import { showStateInTitle } from "./title";

const button = document.querySelector<HTMLButtonElement>("#theme");
if (button) themeButton(button);
const share = document.querySelector<HTMLButtonElement>("#share");
if (share) shareButton(share);
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
void keepRuns();
tellRetraining();
showStateInTitle();
