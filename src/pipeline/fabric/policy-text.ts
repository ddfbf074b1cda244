/** PURE: reads a signature policy: `AND('Org1MSP.member', OR(…))`, `OutOf(2, …)`. */

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
/** Group 1 is the MSP id. */
const MSP_ID = /^.(.*)\.[a-z]+.$/;
const NUMBER = /^\d+/;

class PolicyReader {
  readonly #text: string;
  readonly #organisations = new Set<string>();
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @returns the MSP ids that it names. @throws PolicyError */
  readAll(): ReadonlySet<string> {
    this.#readGate();
    this.#skipBlanks();
    if (this.#at < this.#text.length) this.#fail();
    return this.#organisations;
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
    else this.#organisations.add(this.#take(PRINCIPAL).replace(MSP_ID, '$1'));
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

function read(text: string): ReadonlySet<string> | PolicyError {
  try {
    return new PolicyReader(text).readAll();
  } catch (error) {
    if (isPolicyError(error)) return error;
    throw error;
  }
}

/** Returns the first error of an expression; undefined if peers can read it. */
export function policyError(text: string): PolicyError | undefined {
  const found = read(text);
  return isPolicyError(found) ? found : undefined;
}

/** Returns the MSP ids that an expression names; none for a text that is no expression. */
export function policyOrganisations(text: string): readonly string[] {
  const found = read(text);
  return isPolicyError(found) ? [] : [...found];
}
