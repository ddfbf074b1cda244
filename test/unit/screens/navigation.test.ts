import { describe, expect, it } from 'vitest';
import {
  currentRoute,
  type NavigationStack,
  pop,
  popTo,
  push,
  replaceTop,
} from '../../../src/screens/navigation.ts';

const RUN = { id: 'run' } as const;
const DASHBOARD = { id: 'dashboard' } as const;
const LOGS = { id: 'logs' } as const;

describe('the stack of screens', () => {
  it('grows and shrinks, and keeps its first screen', () => {
    const way: NavigationStack = push(push([RUN], DASHBOARD), LOGS);
    expect(currentRoute(way)).toEqual(LOGS);
    expect(pop(pop(way))).toEqual([RUN]);
    expect(pop([RUN])).toEqual([RUN]);
  });

  it('drops the screen that is replaced', () => {
    expect(replaceTop([RUN], DASHBOARD)).toEqual([DASHBOARD]);
    expect(replaceTop([DASHBOARD, RUN], LOGS)).toEqual([DASHBOARD, LOGS]);
  });

  it('returns to a screen on the stack, else replaces the current one', () => {
    expect(popTo([DASHBOARD, LOGS, RUN], DASHBOARD)).toEqual([DASHBOARD]);
    expect(popTo([RUN], DASHBOARD)).toEqual([DASHBOARD]);
  });
});
