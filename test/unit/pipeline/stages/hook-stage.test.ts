/** Which hooks of the file a plan can run. */
import { expect, it } from 'vitest';
import type { Hook } from '../../../../src/pipeline/core/hook.ts';
import { hooksOfPlan } from '../../../../src/pipeline/stages/hook-stage.ts';

const hook: Hook = { command: 'true', key: 'hooks.after-start', where: 'fabric-wizard.yaml:2:16' };
const hooks = { 'after-start': [hook], 'after-proof': [hook] };

it('only `up` runs those of the start, so no other run leaves them to the next one', () => {
  expect(hooksOfPlan({ until: 'up', hooks })).toEqual(hooks);
  expect(hooksOfPlan({ until: 'rebuild', hooks })).toEqual({ 'after-proof': [hook] });
});
