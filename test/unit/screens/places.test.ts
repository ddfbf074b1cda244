import { describe, expect, it } from 'vitest';
import {
  arrivedAt,
  goneBack,
  goneTo,
  replacedBy,
  shownPlace,
  type Way,
} from '../../../src/screens/places.ts';

const RUN = { id: 'run' } as const;
const DASHBOARD = { id: 'dashboard' } as const;
const LOGS = { id: 'logs' } as const;

describe('the way through the screens', () => {
  it('leads forth and back, and never behind the first one', () => {
    const way: Way = goneTo(goneTo([RUN], DASHBOARD), LOGS);
    expect(shownPlace(way)).toEqual(LOGS);
    expect(goneBack(goneBack(way))).toEqual([RUN]);
    expect(goneBack([RUN])).toEqual([RUN]);
  });

  it('leaves out what was replaced', () => {
    expect(replacedBy([RUN], DASHBOARD)).toEqual([DASHBOARD]);
    expect(replacedBy([DASHBOARD, RUN], LOGS)).toEqual([DASHBOARD, LOGS]);
  });

  it('arrives where it has been before, else in place of the last one', () => {
    expect(arrivedAt([DASHBOARD, LOGS, RUN], DASHBOARD)).toEqual([DASHBOARD]);
    expect(arrivedAt([RUN], DASHBOARD)).toEqual([DASHBOARD]);
  });
});
