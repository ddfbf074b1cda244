import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { makePlan } from '../../../src/pipeline/plan/make-plan.ts';
import { STAGES } from '../../../src/pipeline/stages/stage-list.ts';
import { renderPlan } from '../../../src/report/plan-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { bare, planOf, settled, stageOf, TWO_CORES, UP } from '../../support/plans.ts';

const plain = createStyle({ colour: false, unicode: true });

describe('renderPlan', () => {
  it('fits a narrow terminal', () => {
    const text = renderPlan(makePlan(STAGES, bare, UP, TWO_CORES), plain, 40);
    expect(text).toMatchInlineSnapshot(`
      "run   source         always runs, to id…
      run * base.builder   hyperledger/fabric…
      run   base.runtime   hyperledger/fabric…
      run * compile        the builder image …
      run   sampleconfig   needed by peer, or…
      run * goshim         needed by ccenv
      run * image.ccenv    ccenv image is mis…
      run   image.peer     peer image is miss…
      run   image.orderer  orderer image is m…
      run   image.tools    tools image is mis…
      run * verify         images are rebuilt
      run   crypto         no crypto material…
      run   artifacts      new crypto material
      run   compose        the network is new
      run * start          the network is new…
      run   ready          nodes are started
      run * channel        nodes are started
      run * join           depends on the cha…
      run   anchors        depends on the cha…
      run * smoke          always runs
      about 3 min; critical path (*):
        base.builder -> compile -> ... ->
        smoke"
    `);
    expect(Math.max(...text.split('\n').map(textWidth))).toBeLessThanOrEqual(40);
  });

  it('is empty for a plan without stages', () => {
    expect(renderPlan(planOf(), plain)).toBe('');
  });

  it('shows the duration of earlier runs', () => {
    const plan = makePlan(STAGES, { ...settled, stageSeconds: { smoke: 88 } }, UP, TWO_CORES);
    expect(renderPlan(plan, plain).split('\n').at(-1)).toBe('1 min 28 s, based on earlier runs');
  });

  it('leaves out of the way what is short, but for its ends', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    const stages = ids.map((id, i) =>
      stageOf(id, { weight: id === 'd' ? 100 : 1, needs: ids.slice(i - 1, i) }),
    );
    const plan = { ...planOf(...stages), criticalPath: ids, seconds: 105, guessed: true };
    expect(renderPlan(plan, plain).split('\n').at(-1)).toBe(
      'about 2 min; critical path (*): a -> ... -> d -> ... -> f',
    );
  });

  it('paints critical path and what is up to date, and only with colours', () => {
    const plan = makePlan(STAGES, { ...bare, outputs: settled.outputs, base: settled.base }, UP, TWO_CORES);
    const painted = renderPlan(plan, createStyle({ colour: true, unicode: true }), 80);
    expect(painted).toContain('\u001b[2mup to date   compile');
    expect(painted).toContain('\u001b[1mrun        * image.ccenv');
    expect(stripVTControlCharacters(painted)).toBe(renderPlan(plan, plain, 80));
  });
});
