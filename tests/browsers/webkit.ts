// WebKitGTK's own small browser, by classic WebDriver, on a screen that nobody sees.
import { spawn } from "node:child_process";
import { setTimeout as wait } from "node:timers/promises";
import { freePort } from "../port";
import type { Driver, Key, Launch } from "./driver";

/** WebDriver's names of keys. */
const KEYS: Record<Key, string> = { ArrowLeft: "\uE012", ArrowRight: "\uE014", Enter: "\uE007" };

export async function webkit({ program, lang, downloads }: Launch): Promise<Driver> {
  const port = await freePort();
  // Downloads go to the home folder. A group of its own, so that the screen ends with the driver.
  const driver = spawn("xvfb-run", ["-a", program, `--port=${port}`], { detached: true, stdio: "ignore", env: { ...process.env, LANG: lang, HOME: downloads } });
  let address = `http://127.0.0.1:${port}`;
  const send = async <T>(method: "GET" | "POST" | "DELETE", path: string, body?: object): Promise<T> => {
    const answer = await fetch(address + path, { method, ...(body && { body: JSON.stringify(body) }) });
    const { value } = (await answer.json()) as { value: T };
    if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
    return value;
  };
  for (let tries = 0; ; tries++) {
    const up = await send("GET", "/status").catch((error: unknown) => { if (tries === 100) throw error; });
    if (up) break;
    await wait(100);
  }
  const { sessionId } = await send<{ sessionId: string }>("POST", "/session", { capabilities: {} });
  address += `/session/${sessionId}`;
  await send("POST", "/window/rect", { width: 1280, height: 900 });

  const act = (type: "pointer" | "key", actions: object[]) => send<null>("POST", "/actions", { actions: [{ type, id: type, actions }] });
  return {
    open: async (url) => { await send("POST", "/url", { url }); },
    back: async () => { await send("POST", "/back", {}); },
    run: async (expression, within) => {
      await send("POST", "/frame", { id: null });
      if (within === "frame") await send("POST", "/frame", { id: 0 });
      return send("POST", "/execute/sync", { script: `return ${expression}`, args: [] });
    },
    stroke: async ([from, ...path]) => {
      const move = ({ x, y }: { x: number; y: number }) => ({ type: "pointerMove", x: Math.round(x), y: Math.round(y), duration: 50 });
      await send("POST", "/frame", { id: null });
      await act("pointer", [move(from), { type: "pointerDown", button: 0 }, ...path.map(move), { type: "pointerUp", button: 0 }]);
    },
    type: async (key) => { await act("key", [{ type: "keyDown", value: KEYS[key] }, { type: "keyUp", value: KEYS[key] }]); },
    screenshot: async () => Buffer.from(await send<string>("GET", "/screenshot"), "base64"),
    close: async () => {
      await send("DELETE", "");
      if (driver.pid !== undefined) process.kill(-driver.pid);
    },
  };
}
