import { useState } from "react";
import "leftright/ablate"; // this figure alone; "leftright" brings each figure when the page first has one
import type {} from "leftright/react"; // the elements' types in JSX
import type { AblateDetail } from "leftright";

const percent = (share: number | null) => (share === null ? "–" : `${Math.round(share * 100)} %`);

export function Course() {
  const [seed, setSeed] = useState(0);
  const [cut, setCut] = useState<AblateDetail | null>(null);
  return (
    <main>
      <h1>Week 3: left and right</h1>
      <p>
        <button onClick={() => { setSeed(seed + 1); }}>Another model</button> Seed {seed}.
      </p>
      <lr-ablate seed={seed} lock="seed" onlr-ablate={({ detail }) => { setCut(detail); }} />
      <p id="told">{cut ? `Order on new pairs: ${percent(cut.before.unseen.order)}, then ${percent(cut.after.unseen.order)}.` : "Nothing is cut yet."}</p>
    </main>
  );
}
