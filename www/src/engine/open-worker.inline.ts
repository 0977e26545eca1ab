// In the build for sandboxed frames, which can fetch nothing: the worker is part of the script.
import Inlined from "./worker?worker&inline";

export function openWorker(): Worker {
  return new Inlined();
}
