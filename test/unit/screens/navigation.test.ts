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

describe('the way through the screens', () => {
  it('leads forth and back, and never behind the first one', () => {
    const way: NavigationStack = push(push([RUN], DASHBOARD), LOGS);
    expect(currentRoute(way)).toEqual(LOGS);
    expect(pop(pop(way))).toEqual([RUN]);
    expect(pop([RUN])).toEqual([RUN]);
  });

  it('leaves out what was replaced', () => {
    expect(replaceTop([RUN], DASHBOARD)).toEqual([DASHBOARD]);
    expect(replaceTop([DASHBOARD, RUN], LOGS)).toEqual([DASHBOARD, LOGS]);
  });

  it('arrives where it has been before, else in place of the last one', () => {
    expect(popTo([DASHBOARD, LOGS, RUN], DASHBOARD)).toEqual([DASHBOARD]);
    expect(popTo([RUN], DASHBOARD)).toEqual([DASHBOARD]);
  });
});
