/** PURE: checks the syntax of a signature policy: `AND('Org1MSP.member', OR(…))`, `OutOf(2, …)`. */

/** Where a policy stops to be one. */
export interface PolicyError {
  /** Position of the character, counted from 1. */
  readonly at: number;
  /** What is there; empty at the end. */
  readonly found: string;
}

/** Fabric takes each name in three spellings. */
const GATE = /^(And|and|AND|Or|or|OR|OutOf|outof|OUTOF)\s*\(/;
const PRINCIPAL = /^(['"])[A-Za-z0-9.-]+\.(?:admin|member|client|peer|orderer)\1/;
const NUMBER = /^\d+/;

class PolicyReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @throws PolicyError */
  readAll(): void {
    this.#readGate();
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail();
  }

  #readGate(): void {
    const gate = this.#take(GATE);
    if (/^outof/i.test(gate)) {
      this.#take(NUMBER);
      this.#take(/^,/);
    }
    do this.#readArgument();
    while (this.#takes(/^,/));
    this.#take(/^\)/);
  }

  #readArgument(): void {
    this.#skipBlanks();
    if (GATE.test(this.#rest)) this.#readGate();
    else this.#take(PRINCIPAL);
  }

  get #rest(): string {
    return this.#text.slice(this.#at);
  }

  #skipBlanks(): void {
    this.#at += /^\s*/.exec(this.#rest)?.[0].length ?? 0;
  }

  #takes(what: RegExp): string | undefined {
    this.#skipBlanks();
    const [found] = what.exec(this.#rest) ?? [];
    this.#at += found?.length ?? 0;
    return found;
  }

  #take(what: RegExp): string {
    return this.#takes(what) ?? this.#fail();
  }

  #fail(): never {
    this.#skipBlanks();
    const found = /^(?:[\w.-]+|['"][^'"]*['"]?|\S)?/.exec(this.#rest)?.[0] ?? '';
    const error: PolicyError = { at: this.#at + 1, found };
    throw error;
  }
}

function isPolicyError(error: unknown): error is PolicyError {
  return typeof error === 'object' && error !== null && 'found' in error;
}

/** Returns the first error of an expression; undefined if peers can read it. */
export function policyError(text: string): PolicyError | undefined {
  try {
    new PolicyReader(text).readAll();
    return undefined;
  } catch (error) {
    if (isPolicyError(error)) return error;
    throw error;
  }
}
