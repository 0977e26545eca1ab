import "./trusted-types";
import { hideAnswers } from "./answers";
import { followReading } from "./contents";
import { copyButtons } from "./copy";
import { peekAtLinks } from "./peek";
import "../cockpit/lr-cockpit";
import "../figures/lr-hero";
import { tellGuesses } from "./guesses";
import { takeDrops } from "./drop";
import { loadFiguresInSight } from "./lazy-article";
import { keepRuns } from "./kept-runs";
import { keepForOffline } from "./offline";
import { shareButton, tellRetraining } from "./share";
import { themeButton } from "../style/theme";
import { makeTabs } from "./tabs";
import { showStateInTitle } from "./title";
import { walk } from "./walk";

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
hideAnswers();
const guessed = document.querySelector<HTMLElement>("#guessed");
if (guessed) tellGuesses(guessed);
makeTabs();
// What the script hides is hidden now (public/early.js).
delete document.documentElement.dataset.script;
const told = document.querySelector<HTMLElement>(".walk");
if (told) walk(told);
loadFiguresInSight();
takeDrops();
keepForOffline();
void keepRuns();
tellRetraining();
showStateInTitle();
