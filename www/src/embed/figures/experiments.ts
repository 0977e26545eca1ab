// Every figure of an experiment: they share nearly all of their code.
import "../hosted"; // before the figures: an element that is on the page already comes to life as soon as it is defined
import { defineExperiment } from "../../experiments/define";
import { EXPERIMENTS } from "../../experiments/table";

for (const { name } of EXPERIMENTS) defineExperiment(name);
