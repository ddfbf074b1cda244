import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { textWidth } from '../../../src/report/terminal-text.ts';
import { Choice } from '../../../src/ui/choice.tsx';
import { EDITING_KEYS, edited, fieldOf, typed } from '../../../src/ui/field-state.ts';
import { Frame } from '../../../src/ui/frame.tsx';
import { Lines } from '../../../src/ui/lines.tsx';
import { MOVING_KEYS, moved } from '../../../src/ui/list-window.ts';
import { useSize } from '../../../src/ui/theme.tsx';
import { fakeApp, KEY, SIZES, showScreen } from '../../support/screen.tsx';

const NAMES = ['auto', 'local', 'pull', '中文名字很长很长很长很长很长很长很长很长很长很长'];

/** A screen with every kind of content. */
function Sample({ onText }: { readonly onText?: boolean }) {
  const { columns } = useSize();
  const [field, setField] = useState(fieldOf('acme'));
  const [chosen, setChosen] = useState(0);
  const [last, setLast] = useState('nothing');
  const lines = Array.from({ length: 100 }, (_, i) => `${i} 中文字符 ${'x'.repeat(200)}`);
  return (
    <Frame
      title="fabric-wizard"
      state="running"
      onText={onText ? (text) => setField((before) => typed(before, text)) : undefined}
      bindings={[
        { keys: ['enter'], label: 'next', act: () => setLast('next') },
        { keys: EDITING_KEYS, act: (press) => setField((before) => edited(before, press) ?? before) },
        { keys: MOVING_KEYS, act: ({ name }) => setChosen((index) => moved(index, name, NAMES.length, 2)) },
        { keys: ['r'], label: 'rebuild', when: last !== 'rebuild', act: () => setLast('rebuild') },
      ]}
    >
      {(body) => (
        <>
          <Lines lines={[last]} />
          <Lines lines={[`namespace ${field.text}`, 'no good']} />
          <Choice
            options={NAMES.map((label) => ({ label, hint: 'why '.repeat(50) }))}
            chosen={chosen}
            focused
            columns={columns}
            rows={3}
          />
          <Lines lines={lines.slice(0, body.rows)} />
        </>
      )}
    </Frame>
  );
}

describe('a screen', () => {
  it.each(SIZES)('never breaks a row and leaves one free in $columns x $rows', async (size) => {
    const { rows } = await showScreen(<Sample />, fakeApp({ id: 'run' }).app, { size });
    expect(rows()).toHaveLength(size.rows - 1);
    for (const row of rows()) expect(textWidth(row)).toBeLessThanOrEqual(size.columns);
    expect(rows()[0]).toMatch(/^fabric-wizard +running$/);
    expect(textWidth(rows()[0] ?? '')).toBe(size.columns);
    expect(rows().at(-1)).toMatch(/\? explain {2}q quit$/);
  });

  it('does what its keys say, and draws the keys that work', async () => {
    const { text, press } = await showScreen(<Sample />, fakeApp({ id: 'run' }).app);
    expect(text()).toContain('r rebuild');
    await press('r');
    expect(text()).toContain('rebuild');
    expect(text()).not.toContain('r rebuild');
    await press(KEY.enter, KEY.down, KEY.down);
    expect(text()).toContain('next');
    expect(text()).toMatch(/› pull/);
  });

  it('hears keys that work everywhere where it has no use for them', async () => {
    const { app, calls } = fakeApp({ id: 'run' });
    const { press } = await showScreen(<Sample />, app);
    await press('q');
    expect(calls).toEqual(['quit "keep"']);
  });

  it('types into its field whatever was pressed in one read', async () => {
    const { app, calls } = fakeApp({ id: 'run' });
    const { text, press } = await showScreen(<Sample onText />, app);
    await press(`q?${KEY.backspace}r`, KEY.home, '中', KEY.end, `/x${KEY.enter}`);
    expect(text()).toContain('中acmeqr/x');
    expect(text()).toContain('next');
    expect(calls).toEqual([]);
    expect(text()).not.toContain('q quit');
  });
});

describe('text from outside', () => {
  it('cannot control the terminal, wherever it is drawn', async () => {
    const ESC = String.fromCharCode(27);
    const bad = `${ESC}]0;owned${String.fromCharCode(7)}${ESC}[2J${ESC}[31mtext`;
    const { raw } = await showScreen(
      <Frame title={bad} state={bad} bindings={[]}>
        {() => (
          <>
            <Lines lines={[bad]} />
            <Choice options={[{ label: bad, hint: bad }]} chosen={0} focused columns={80} rows={5} />
          </>
        )}
      </Frame>,
      fakeApp({ id: 'run' }).app,
    );
    const frame = raw();
    expect(frame.match(/text/g)).toHaveLength(5);
    expect(frame).not.toContain('owned');
    expect(frame.replace(new RegExp(`${ESC}\\[\\d+m`, 'g'), '')).not.toContain(ESC);
  });
});
