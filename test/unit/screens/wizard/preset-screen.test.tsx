import { describe, expect, it } from 'vitest';
import { CurrentScreen } from '../../../../src/app.tsx';
import { textOf } from '../../../../src/pipeline/config/answers.ts';
import type { Language } from '../../../../src/report/language/language.ts';
import { textWidth } from '../../../../src/report/terminal-text.ts';
import type { Size } from '../../../../src/ui/theme.tsx';
import { type FakeOptions, fakeWizard, sourceAt } from '../../../support/questions.ts';
import { fakeApp, KEY, SIZES, showScreen } from '../../../support/screen.tsx';

async function show(options: FakeOptions = {}, size?: Size, language?: Language) {
  const { wizard, calls } = fakeWizard(options);
  const { app } = fakeApp({ id: 'welcome' }, {}, wizard);
  const shown = await showScreen(<CurrentScreen />, app, { ...(size ? { size } : {}), language });
  const place = () => app.store.now().navigation.at(-1)?.id;
  const answered = (field: Parameters<typeof textOf>[1]) => textOf(wizard.store.now().answers, field);
  return { ...shown, calls, place, answered };
}

const AT_3 = {
  source: { kind: 'ready', choice: 'auto', source: sourceAt('/f', '3.1.0'), core: {} },
} as const;

describe('presets', () => {
  it.each(SIZES)('fit at $columns x $rows in both languages', async (size) => {
    for (const language of ['en', 'zh'] as const) {
      const shown = await show({}, size, language);
      await shown.press(KEY.end, KEY.enter);
      expect(shown.place()).toBe('preset');
      for (const step of [KEY.down, KEY.down, KEY.down, KEY.home]) {
        expect(shown.rows().length).toBe(size.rows - 1);
        expect(Math.max(...shown.rows().map(textWidth))).toBeLessThanOrEqual(size.columns);
        await shown.press(step);
      }
    }
  });

  it('are offered on the first screen; Enter answers with the choices and shows the plan', async () => {
    const shown = await show();
    expect(shown.text()).toMatch(/Start from a preset +raft, bft, couchdb, minimal/);
    await shown.press(KEY.end, KEY.enter);
    expect(shown.text()).toContain('Sets orderers: 3, consensus: etcdraft, tls: true.');
    await shown.press(KEY.enter);
    expect(shown.calls).toContain('applyPreset "raft"');
    expect(shown.place()).toBe('review');
    expect([shown.answered('orderers'), shown.answered('consensus')]).toEqual(['3', 'etcdraft']);
  });

  it('that the release cannot have say which one can, and Enter does not take them', async () => {
    const shown = await show();
    await shown.press(KEY.end, KEY.enter, KEY.down, KEY.enter);
    expect(shown.place()).toBe('preset');
    expect(shown.text()).toContain('Not possible with this source');
    expect(shown.text()).toMatch(/does not have BFT, which\s+needs Fabric 3\.0\.0 or later/);
    expect(shown.calls).not.toContain('applyPreset "bft"');
  });

  it('that the release can have are taken', async () => {
    const shown = await show(AT_3);
    await shown.press(KEY.end, KEY.enter, KEY.down, KEY.enter);
    expect(shown.place()).toBe('review');
    expect(shown.answered('consensus')).toBe('BFT');
  });
});
