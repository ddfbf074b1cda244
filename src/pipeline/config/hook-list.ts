/** The hooks of fabric-wizard.yaml (`hooks:`): a command, or a list of commands, for each event. */
import * as z from 'zod/mini';
import type { ConfigIssue } from '../core/failure.ts';
import { HOOK_EVENTS, type Hook, type HookEvent, type Hooks } from '../core/hook.ts';
import { nearestName } from '../core/nearest.ts';
import type { Phrase } from '../core/phrase.ts';
import { shownValue } from './choice-checks.ts';

export const HOOKS_KEY = 'hooks';

const command = z.string().check(z.regex(/\S/));

/** For the JSON schema of the file. */
export const HOOKS_SCHEMA = z.strictObject(
  Object.fromEntries(
    HOOK_EVENTS.map((event) => [
      event,
      z.optional(z.union([command, z.array(command).check(z.minLength(1))])),
    ]),
  ),
);

/** What the hooks are read from. */
export interface HooksInput {
  /** Value of the key. */
  readonly value: unknown;
  /** Returns the position of a value in the file: `fabric-wizard.yaml:3:7`. */
  readonly at: (path: readonly PropertyKey[]) => string;
  readonly issues: ConfigIssue[];
}

const FIX: Phrase = { key: 'fix.hooks', events: HOOK_EVENTS.join(', ') };

function isEvent(name: string): name is HookEvent {
  return HOOK_EVENTS.some((event) => event === name);
}

function typeIssue(type: 'type.text' | 'value.map', value: unknown): Phrase {
  return { key: 'issue.type', type: { key: type }, value: shownValue(value) };
}

function unknownEvent(name: string): Pick<ConfigIssue, 'message' | 'fix'> {
  const nearest = nearestName(name, HOOK_EVENTS);
  return {
    message: { key: 'issue.unknown-key' },
    fix: nearest === undefined ? FIX : { key: 'suggest.nearest', name: nearest },
  };
}

/** Returns what is wrong with a command. */
function commandProblem(value: unknown): Phrase | undefined {
  if (typeof value !== 'string') return typeIssue('type.text', value);
  if (value.trim() === '') return { key: 'issue.empty' };
  // No program can be given such a text.
  return value.includes('\0')
    ? { key: 'issue.value', value: shownValue(value), problem: { key: 'wrong.hook' } }
    : undefined;
}

/** Returns the hooks of the file. Adds what is wrong with them to `issues`. */
export function hookList({ value, at, issues }: HooksInput): Hooks {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.push({ path: HOOKS_KEY, message: typeIssue('value.map', value), where: at([]), fix: FIX });
    return {};
  }
  const hooks: Partial<Record<HookEvent, readonly Hook[]>> = {};
  for (const [event, given] of Object.entries(value)) {
    const path = `${HOOKS_KEY}.${event}`;
    if (!isEvent(event)) {
      issues.push({ path, where: at([event]), ...unknownEvent(event) });
      continue;
    }
    const isList = Array.isArray(given);
    const commands: readonly unknown[] = isList ? given : [given];
    if (commands.length === 0)
      issues.push({ path, message: { key: 'issue.empty' }, where: at([event]), fix: FIX });
    hooks[event] = commands.flatMap((each, index): Hook[] => {
      const key = isList ? `${path}[${index}]` : path;
      const where = at(isList ? [event, index] : [event]);
      const message = commandProblem(each);
      if (message === undefined) return [{ command: String(each).trim(), key, where }];
      issues.push({ path: key, message, where, fix: FIX });
      return [];
    });
  }
  return hooks;
}
