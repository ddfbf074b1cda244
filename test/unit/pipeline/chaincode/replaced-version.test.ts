import { expect, it } from 'vitest';
import { withDefined } from '../../../../src/pipeline/chaincode/failed-deployment.ts';
import { type StageFailure, WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { renderFailure } from '../../../../src/report/failure-block.ts';
import { createStyle } from '../../../../src/report/style.ts';

const style = createStyle({ colour: false, unicode: true, language: 'en' });
const LINE = 'Error: endorsement failure: error sending: chaincode stream terminated';
const failure: Extract<StageFailure, { kind: 'command' }> = {
  ...{ kind: 'command', command: 'peer chaincode query', where: 'cli', exitCode: 1, tail: [LINE] },
  again: 'fabric-wizard chaincode deploy ./pk',
};
const step = { channel: 'mychannel', sequence: 2 };

function told(define: Parameters<typeof withDefined>[1]['define'], defined = ['mychannel']): string {
  const error = withDefined(new WizardFailure(failure), { name: 'pk', define }, defined);
  if (!(error instanceof WizardFailure)) throw error;
  return renderFailure(error.failure, { style }).join('\n');
}

it('a failed deployment that has replaced a version says how to return to it', () => {
  const text = told([{ ...step, kind: 'upgrade', from: '1-aaaaaaaaaaaa' }]);
  expect(text).toContain('To return to 1-aaaaaaaaaaaa, restore its files and run the same command again.');
});

it('a first deployment has nothing to return to, and says that its definition stays', () => {
  const text = told([{ ...step, kind: 'first' }]);
  expect(text).not.toContain('return');
  expect(text).toContain('mychannel already has the definition of pk, which Fabric cannot remove.');
  expect(text).toContain('The next deployment of pk finishes it.');
});

it('a deployment that fails before the definition says nothing of it', () => {
  expect(told([{ ...step, kind: 'upgrade', from: '1-aaaaaaaaaaaa' }], [])).not.toMatch(
    /definition|return to/,
  );
});

it('the output of a command is shown once', () => {
  expect(renderFailure(failure, { style }).join('\n').split(LINE)).toHaveLength(2);
});

it('longer output is shown, and its error is quoted', () => {
  const text = renderFailure({ ...failure, tail: ['preparing', LINE] }, { style }).join('\n');
  expect(text.split(LINE)).toHaveLength(3);
  expect(text).toContain('preparing');
});

it('the failure of a call names the position of the panic that ended the process', () => {
  const crash = '/src/pk/main.go:81: panic: assignment to entry in nil map';
  const lines = renderFailure({ ...failure, chaincode: { name: 'pk', crash } }, { style });
  expect(lines.join('\n')).toContain(`The process of pk ended during the call: ${crash}`);
});
