import { transferHandlers, type TransferHandler } from "comlink";
import { tame } from "../util/text";

/** What the crate's errors carry (src/web/). */
const OF_THE_CRATE = ["config", "checkpoint", "engine", "busy", "not_finite", "scene", "ablation", "surgery"] as const;

export type ErrorCode =
  | (typeof OF_THE_CRATE)[number]
  /** The worker is dead, or its WebAssembly trapped: it has to be made anew. */
  | "crash"
  /** A script, a module or a file of ours could not be fetched; it may be there the next time. */
  | "load"
  /** The browser lacks what the engine needs. */
  | "unsupported"
  /** The page ended the worker, or the run. */
  | "closed"
  /** Any other exception: a fault of ours, which leaves the worker as it is. */
  | "internal";

const CODES: readonly string[] = [...OF_THE_CRATE, "crash", "load", "unsupported", "closed", "internal"] satisfies ErrorCode[];

/** An error of the engine, whose message is a complete sentence for the reader. */
export class EngineError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(tame(message));
    this.name = "EngineError";
  }
}

/** Any thrown value as an `EngineError`. Of those without a code of ours only a trap is a crash. */
export function engineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  if (!(thrown instanceof Error)) return new EngineError("internal", String(thrown));
  if (typeof WebAssembly !== "undefined" && thrown instanceof WebAssembly.RuntimeError) return new EngineError("crash", thrown.message);
  const code = "code" in thrown && CODES.includes(String(thrown.code)) ? (thrown.code as ErrorCode) : "internal";
  return new EngineError(code, thrown.message);
}

/** An error's message, closed with a full stop. */
export function sentence({ message }: EngineError): string {
  return message.endsWith(".") ? message : `${message}.`;
}

/** Comlink sends an error's name, message and stack and drops its `code`; this sends the code. Called on both sides. */
export function carryErrorCodes(): void {
  const standard = transferHandlers.get("throw");
  if (!standard) throw new Error("Comlink has no handler for thrown values");
  const coded: TransferHandler<{ value: unknown }, { code: ErrorCode; message: string }> = {
    canHandle: (value): value is { value: unknown } => standard.canHandle(value),
    serialize: ({ value }) => {
      const { code, message } = engineError(value);
      return [{ code, message }, []];
    },
    deserialize: ({ code, message }) => {
      throw new EngineError(code, message);
    },
  };
  transferHandlers.set("throw", coded);
}
