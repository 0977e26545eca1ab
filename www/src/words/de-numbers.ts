// Numbers and durations in German.
import { numbersIn, roughly } from "../util/numbers";

export const numbers = numbersIn("de");

export const duration = (milliseconds: number): string => {
  const time = roughly(milliseconds);
  if ("few" in time) return "wenige Sekunden";
  return "seconds" in time ? `etwa ${time.seconds} Sekunden` : `etwa ${time.minutes} Minuten`;
};
