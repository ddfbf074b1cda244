/** The faces in Chinese: every sentence is filled in and fits, in terminals of 40, 80 and 120 columns. */
import { describe, expect, it, test } from 'vitest';
import type { SymptomId } from '../../../src/pipeline/core/diagnosis-types.ts';
import type { RunEvent } from '../../../src/pipeline/core/events.ts';
import type { StageFailure } from '../../../src/pipeline/core/failure.ts';
import { emptyTail } from '../../../src/pipeline/core/line-tail.ts';
import { renderFailure } from '../../../src/report/failure-block.ts';
import { SYMPTOMS } from '../../../src/report/language/symptom-texts.ts';
import { createPlainReporter } from '../../../src/report/plain.ts';
import { renderPlan } from '../../../src/report/plan-text.ts';
import { createStyle } from '../../../src/report/style.ts';
import { renderDoctor, renderWarnings } from '../../../src/report/tables.ts';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { planOf, stageOf } from '../../support/plans.ts';

const style = createStyle({ colour: false, unicode: true, language: 'zh' });
const WIDTHS = [40, 80, 120] as const;

/** Commands and what cannot be broken stand alone, however long. */
function tooWide(lines: readonly string[], columns: number): string[] {
  return lines.filter((line) => textWidth(line) > columns && /\p{Script=Han}.*\p{Script=Han}/u.test(line));
}

const failed: StageFailure = {
  kind: 'command',
  command: 'peer chaincode instantiate -C mychannel -n mycc',
  where: { key: 'where.cli-to', org: 'Org1MSP', peer: 'peer0.org1.example.com' },
  exitCode: 1,
  tail: ['Error: pull access denied'],
};

describe.each(WIDTHS)('%i columns', (columns) => {
  it.each(Object.keys(SYMPTOMS.zh) as SymptomId[])('%s', (symptom) => {
    const facts = { role: 'builder', image: 'acme/fabric-ccenv:1.4', own: 'acme/x:1', kind: 'Channel' };
    const proof = { source: 'failure', name: '', line: 'Error: pull access denied' } as const;
    const lines = renderFailure(failed, {
      style,
      columns,
      stage: { id: 'smoke', tail: emptyTail, diagnosis: { symptom, proof, facts } },
    });
    expect(tooWide(lines, columns)).toEqual([]);
    expect(lines.join('\n')).not.toMatch(/\{\w+\}/);
    expect(lines).toContain('  接下来：');
  });

  test('a plan, rows of doctor, warnings', () => {
    const plan = planOf(stageOf('compile', { cause: { key: 'cause.inputs-changed' }, weight: 60 }));
    const row = {
      id: 'api',
      status: 'fail',
      detail: { key: 'row.api-engine-too-new', release: '1.4', max: '1.25', api: '1.44' },
      fix: { key: 'fix.older-api' },
    } as const;
    const texts = [
      renderPlan(plan, style, columns),
      renderDoctor({ ok: false, checks: [row] }, style, columns).replace(/.*解决办法.*/, ''),
      ...renderWarnings([row], style, columns),
    ];
    expect(tooWide(texts.join('\n').split('\n'), columns)).toEqual([]);
    expect(texts[0]).toContain('源码、链接参数');
  });
});

test('the plain reporter prints no English text of this program', () => {
  const plan = planOf(
    stageOf('compile', { cause: { key: 'cause.forced' } }),
    stageOf('verify', { action: 'cached', cause: { key: 'cause.verified' } }),
  );
  const at = 1_000_000;
  const events: RunEvent[] = [
    { type: 'run-started', at, runId: 'r', command: 'up', project: 'p', practice: true, plan },
    { type: 'stage-started', at, stage: 'compile' },
    {
      type: 'stage-progress',
      at: at + 6000,
      stage: 'compile',
      done: 3,
      total: 9,
      unit: 'steps',
      item: { key: 'step.installed', peer: 'peer0' },
    },
    {
      type: 'stage-warning',
      at: at + 6000,
      stage: 'compile',
      code: 'source-edited',
      message: { key: 'warning.edited' },
    },
    {
      type: 'stage-finished',
      at: at + 7000,
      stage: 'compile',
      outcome: 'built',
      seconds: 7,
      detail: { key: 'detail.binaries', count: 5 },
    },
    { type: 'stage-started', at: at + 7000, stage: 'verify' },
    {
      type: 'stage-finished',
      at: at + 7000,
      stage: 'verify',
      outcome: 'cached',
      seconds: 0,
      detail: { key: 'cause.verified' },
    },
    { type: 'node-health', at: at + 8000, node: 'peer0', role: 'peer', state: 'ready' },
    { type: 'run-finished', at: at + 9000, outcome: 'done', exitCode: 0, seconds: 9 },
  ];
  let text = '';
  const write = (chunk: string) => {
    text += chunk;
  };
  const theme = createPlainReporter({
    write,
    colour: false,
    verbose: false,
    unicode: true,
    language: 'zh',
  });
  for (const event of events) theme.onEvent(event);
  expect(text).toMatchInlineSnapshot(`
    "fabric-wizard up · 项目 p · 2 个阶段，其中 1 个要运行 ! 练习源码：不是 Hyperledger Fabric
     0:00 · compile 开始：要求重新执行（即使没有变化）
     0:06 · compile 3 / 9 步（33 %）：已安装到 peer0 · 大约还需 0:13
     0:06 ! compile：编译期间源码有改动：下次运行会重新编译
     0:07 ✓ compile 已构建，7.0 s：5 个程序
     0:07 ✓ verify 已是最新：这些镜像已经验证过
     0:08 ✓ 节点 peer0 已就绪

      fabric-wizard status         查看节点状态
      fabric-wizard logs           查看节点日志
      fabric-wizard smoke          再次运行链码测试
      eval "$(fabric-wizard env)"  在当前 shell 里使用网络
      fabric-wizard down           停止网络

    ✓ 完成，用时 9.0 s：1 个已构建、1 个已是最新 ! 练习源码：不是 Hyperledger Fabric
    "
  `);
});
