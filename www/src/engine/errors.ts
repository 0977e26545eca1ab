import { transferHandlers, type TransferHandler } from "comlink";

export type ErrorCode =
  | "config"
  | "checkpoint"
  | "engine"
  | "busy"
  | "not_finite"
  | "scene"
  | "ablation"
  | "surgery"
  /** Not one of the crate's: the worker trapped, was killed, or no longer answers. */
  | "crash"
  /** Not one of the crate's: the page closed the worker. */
  | "closed";

/** An error of the engine, whose message is a complete sentence for the reader. */
export class EngineError extends Error {
  constructor(
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
    this.name = "EngineError";
  }
}

/** Any thrown value as an `EngineError`; one that carries no code is a fault of the engine itself. */
export function engineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  if (!(thrown instanceof Error)) return new EngineError("crash", String(thrown));
  const code = "code" in thrown ? (thrown.code as ErrorCode) : "crash";
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
