/** Which policies peers can read. */
import { describe, expect, it } from 'vitest';
import { requireParts } from '../../../../src/pipeline/chaincode/chaincode-parts.ts';
import { WizardFailure } from '../../../../src/pipeline/core/failure.ts';
import { policyError, policyOrganisations } from '../../../../src/pipeline/fabric/policy-text.ts';
import { type Release, releaseOf } from '../../../../src/pipeline/fabric/release.ts';

describe('a policy', () => {
  it.each([
    "OR('Org1MSP.member')",
    "AND('Org1MSP.member','Org2MSP.peer')",
    " OutOf( 2, \"Org1MSP.admin\" , 'Org2.MSP-1.client', AND('A.member', or('B.orderer'))) ",
    "outof(1,'A.member')",
  ])('is %s', (text) => {
    expect(policyError(text)).toBeUndefined();
  });

  it.each([
    ['', 1, ''],
    ["'Org1MSP.member'", 1, "'Org1MSP.member'"],
    ["NOR('A.member')", 1, 'NOR'],
    ["AND('A.member'", 15, ''],
    ["AND('A.member',)", 16, ')'],
    ['OR(Org1MSP.member)', 4, 'Org1MSP.member'],
    ["OR('Org1MSP.boss')", 4, "'Org1MSP.boss'"],
    ["OutOf('A.member')", 7, "'A.member'"],
    ['OutOf(2)', 8, ')'],
    ["OR('A.member') AND", 16, 'AND'],
  ])('is not %s', (text, at, found) => {
    expect(policyError(text)).toEqual({ at, found });
  });

  it.each([
    ["OR('Org1MSP.member')", ['Org1MSP']],
    ['AND("Org1MSP.peer", OutOf(1, \'Org-2.MSP.admin\', "Org1MSP.client"))', ['Org1MSP', 'Org-2.MSP']],
    ['/Channel/Application/Endorsement', []],
    ["OR('Org1MSP.boss')", []],
  ])('%s names the organisations %j', (text, organisations) => {
    expect(policyOrganisations(text)).toEqual(organisations);
  });

  it.each(['1.4.12', '2.5.12'])(
    'is refused on %s before anything is installed, with its place',
    (version) => {
      const release = releaseOf(version) as Release;
      const choice = { name: 'basic', language: 'go', policy: "OR('Org1MSP.boss')" } as const;
      let failure: unknown;
      try {
        requireParts(choice, { release, practice: false }, () => ['again']);
      } catch (error) {
        if (error instanceof WizardFailure) failure = error.failure;
      }
      expect(failure).toMatchObject({
        kind: 'usage',
        message: { key: 'usage.policy-syntax', name: 'basic', at: 4, found: "'Org1MSP.boss'" },
        next: ['again'],
      });
    },
  );
});
